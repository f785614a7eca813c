"""Benefit keys: whom each concerns, and who holds it. One yuan is granted once.

Asking for a benefit holds nothing and takes nothing: whoever came first has no right over whoever
comes second. A person's grant holds its keys, and everybody else whom they concern is assessed
anew. A key's row is locked by whoever assesses under it or is granted it, so that neither misses
the other. Locks are taken in one order everywhere: benefit keys sorted, then cap accounts sorted
(`casework.decision.caps`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Connection

from casework.decision.candidate import Draft
from rules.model import Benefit, Taken
from rules.money import to_fen
from store import ledger
from store.encoding import numbers
from vocabulary.work import Stage

# Rows of other applications only are worth sending back.
_MEET = """
WITH met AS (
    INSERT INTO benefit_claim AS c (key, concerned)
    SELECT key, array_agg(id) FROM unnest(%(keys)b::text[], %(ids)s::bigint[]) AS u (key, id)
    GROUP BY key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET concerned = c.concerned || ARRAY(
        SELECT id FROM unnest(excluded.concerned) AS n (id) WHERE id <> ALL (c.concerned))
    RETURNING key, coalesce(old.concerned, '{}') AS before, concerned, application_id, amount,
        particulars
)
SELECT m.key, m.before, m.concerned, m.application_id AS holder, a.receipt, m.amount, m.particulars
FROM met AS m LEFT JOIN application AS a ON a.id = m.application_id
WHERE cardinality(m.concerned) > 1
"""

# What is wanted by those granted, and what they held and want no more.
_HOLD = """
WITH wanted AS (
    SELECT * FROM unnest(%(keys)s::text[], %(holders)s::bigint[], %(amounts)s::numeric[],
        %(particulars)s::text[]) AS u (key, holder, amount, particulars)
), became AS (
    SELECT * FROM wanted
    UNION ALL
    SELECT key, NULL, NULL, '' FROM benefit_claim
    WHERE application_id = ANY(%(ids)s::bigint[]) AND key NOT IN (SELECT key FROM wanted)
)
UPDATE benefit_claim AS c SET application_id = b.holder, amount = b.amount,
    particulars = b.particulars, claimed_at = CASE WHEN b.holder IS NOT NULL THEN app_now() END
FROM became AS b
WHERE c.key = b.key AND (c.application_id IS NULL OR c.application_id = ANY(%(ids)s::bigint[]))
    AND (c.application_id, c.amount) IS DISTINCT FROM (b.holder, b.amount)
RETURNING c.application_id, c.concerned
"""


class Met(NamedTuple):
    """Whom assessments meet under their keys. `newly`: who meets others for the first time, and
    whom; `granted`: whose grant took or altered keys, and whom else they concern; `anew`: who
    fares otherwise by that, or by keys given back."""

    newly: dict[int, set[int]]
    granted: dict[int, set[int]]
    anew: set[int]


def meet(conn: Connection, drafts: Sequence[Draft]) -> Met:
    """Enter assessments under their keys, count nothing that is granted elsewhere, hold what is
    granted here."""
    newly: dict[int, set[int]] = {}
    entered = [(key, draft) for draft in drafts for key in draft.assessment.overlap.keys]
    if entered:
        found = conn.exec_driver_sql(
            _MEET,
            {
                "keys": [key for key, _ in entered],
                "ids": numbers([draft.application_id for _, draft in entered]),
            },
        ).all()
        held = {
            row.key: (row.holder, Taken(row.receipt, row.amount, row.particulars))
            for row in found
            if row.holder is not None
        }
        if held:
            for draft in drafts:
                _count_nothing_twice(draft, held)
        for row in found:
            _find_new(newly, row.before, row.concerned)
    return Met(newly, *_hold(conn, drafts))


def _count_nothing_twice(draft: Draft, held: dict[str, tuple[int, Taken]]) -> None:
    taken = {
        key: held[key][1]
        for key in draft.assessment.overlap.keys
        if key in held and held[key][0] != draft.application_id
    }
    if taken:
        draft.revise(taken=taken)


def _find_new(newly: dict[int, set[int]], before: list[int], concerned: list[int]) -> None:
    """Who meets somebody under a key for the first time: whoever came, and who was alone there."""
    came = set(concerned) - set(before)
    for each in came if len(before) > 1 else came.union(before if came else ()):
        newly.setdefault(each, set()).update(set(concerned) - {each})


def _hold(conn: Connection, drafts: Sequence[Draft]) -> tuple[dict[int, set[int]], set[int]]:
    """Hold what is granted, and give back what is no more. Returns as `Met` has it: whom else the
    grants concern, and who fares otherwise."""
    touched = [each for each in drafts if each.is_granted or each.candidate.was.granted]
    if not touched:
        return {}, set()
    wanted = [(draft, each) for draft in touched if draft.is_granted for each in _granted(draft)]
    ids = {draft.application_id for draft in touched}
    rows = conn.exec_driver_sql(
        _HOLD,
        {
            "keys": [each.key for _, each in wanted],
            "holders": [draft.application_id for draft, _ in wanted],
            "amounts": [each.amount for _, each in wanted],
            "particulars": [each.particulars for _, each in wanted],
            "ids": sorted(ids),
        },
    )
    granted: dict[int, set[int]] = {}
    anew: set[int] = set()
    for holder, concerned in rows:
        others = set(concerned) - ids
        anew |= others
        if holder is not None and others:
            granted.setdefault(holder, set()).update(others)
    return granted, anew


def _granted(draft: Draft) -> list[Benefit]:
    """What a grant holds of each key, yuan: the person's amount, shared out as the rules' is."""
    benefits, ruling = draft.assessment.benefits, draft.candidate.ruling
    computed = sum([each.amount for each in benefits], start=Decimal(0))
    if ruling is None or ruling.amount is None or not computed or ruling.amount == computed:
        return list(benefits)
    share = Fraction(ruling.amount) / Fraction(computed)
    return [each._replace(amount=to_fen(Fraction(each.amount) * share)) for each in benefits]


def release(conn: Connection, application_id: int) -> None:
    """Give back every key that an application holds; whom they concern is assessed again."""
    concerned = conn.exec_driver_sql(
        "UPDATE benefit_claim SET application_id = NULL, amount = NULL, claimed_at = NULL"
        " WHERE application_id = %(id)s RETURNING concerned",
        {"id": application_id},
    ).scalars()
    others = {each for ids in concerned for each in ids} - {application_id}
    ledger.add(conn, Stage.ASSESS, [(each, None) for each in sorted(others)])
