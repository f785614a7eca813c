"""What applications take from each other: one benefit per key.

Locks are taken in one order everywhere: benefit keys sorted, then cap accounts sorted
(`casework.decision.caps`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from casework.decision.candidate import Candidate, Draft
from casework.errors import RetryableError
from rules.model import Context, Taken
from store import ledger, predicates
from store.encoding import numbers
from vocabulary.work import Stage

ROUNDS = 5

Won = dict[int, set[str]]
"""Application id -> the benefit keys it has."""


class Holder(NamedTuple):
    """The application that holds a benefit key, and what the rules need to know of that."""

    application_id: int
    taken: Taken


def related(conn: Connection, candidates: Sequence[Candidate]) -> dict[int, Context]:
    """Which benefits of other provisions stand for the same yuan, per application with any."""
    keys = {
        each.application_id: each.edition.provisions[each.provision].related_keys(each.case)
        for each in candidates
    }
    wanted = sorted({key for group in keys.values() for key in group})
    if not wanted:
        return {}
    held = holders(conn, wanted)
    contexts: dict[int, Context] = {}
    for candidate in candidates:
        taken = {
            key: held[key].taken
            for key in keys[candidate.application_id]
            if key in held
            and held[key].application_id != candidate.application_id
            and not (candidate.overrides and not held[key].taken.granted)
        }
        if taken:
            contexts[candidate.application_id] = Context(taken=taken)
    return contexts


def claim(conn: Connection, drafts: Sequence[Draft]) -> None:
    """Claim every benefit key; who comes second is assessed again and linked to the first.

    Raises RetryableError if other sessions keep changing hands.
    """
    before = _let_go(conn, [draft.application_id for draft in drafts if draft.candidate.again])
    won: Won = {}
    # Who is not known takes nothing from anybody.
    waiting = [
        draft for draft in drafts if draft.assessment.benefits and draft.candidate.was.is_verified
    ]
    for _ in range(ROUNDS):
        if not waiting:
            break
        waiting = _claim_round(conn, waiting, won)
    else:
        if waiting:
            raise RetryableError("benefit keys kept changing hands")
    _give_back(conn, drafts, won)
    revisit(
        conn,
        [
            draft.candidate.receipt
            for draft in drafts
            if draft.application_id in before
            and _matters_to_others(draft, before[draft.application_id])
        ],
    )


def _let_go(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, Decimal]]:
    """Give back what applications hold from before. Returns application id -> key -> yuan."""
    held: dict[int, dict[str, Decimal]] = {}
    if ids:
        for application_id, key, amount in conn.exec_driver_sql(
            "DELETE FROM benefit_claim WHERE application_id = ANY(%(ids)s)"
            " RETURNING application_id, key, amount",
            {"ids": list(ids)},
        ):
            held.setdefault(application_id, {})[key] = amount
    return held


def _matters_to_others(draft: Draft, before: Mapping[str, Decimal]) -> bool:
    """Whether those linked to this application, which held these keys, may fare otherwise now."""
    holds = {benefit.key: benefit.amount for benefit in draft.assessment.benefits}
    return holds != before or draft.is_granted != draft.candidate.was.granted


def _claim_round(conn: Connection, drafts: Sequence[Draft], won: Won) -> list[Draft]:
    """Claim what is wanted and not yet won; returns the drafts that lost a key and want again."""
    wanted = [
        (benefit.key, draft.application_id, benefit.amount, benefit.particulars)
        for draft in drafts
        for benefit in draft.assessment.benefits
        if benefit.key not in won.get(draft.application_id, ())
    ]
    rows = conn.exec_driver_sql(
        "INSERT INTO benefit_claim (key, application_id, amount, particulars, claimed_at)"
        " SELECT key, id, amount, particulars, (SELECT app_now())"
        " FROM unnest(%(keys)b::text[], %(ids)s::bigint[], %(amounts)s::numeric[],"
        "   %(particulars)b::text[]) AS u (key, id, amount, particulars) ORDER BY key, id"
        " ON CONFLICT (key) DO NOTHING RETURNING key, application_id",
        {
            "keys": [key for key, *_ in wanted],
            "ids": numbers([application_id for _, application_id, *_ in wanted]),
            "amounts": numbers([amount for *_, amount, _ in wanted]),
            "particulars": [told_by for *_, told_by in wanted],
        },
    )
    for key, application_id in rows.all():
        won.setdefault(application_id, set()).add(key)
    _seize(conn, [draft for draft in drafts if draft.candidate.overrides], won)
    lost: dict[int, list[str]] = {}
    for key, application_id, *_ in wanted:
        if key not in won.get(application_id, ()):
            lost.setdefault(application_id, []).append(key)
    if not lost:
        return []
    held = holders(conn, sorted({key for keys in lost.values() for key in keys}))
    losers = [draft for draft in drafts if draft.application_id in lost]
    for draft in losers:
        # A key without a holder was given back meanwhile: it is simply tried once more.
        taken = {key: held[key].taken for key in lost[draft.application_id] if key in held}
        draft.revise(taken={**draft.case.context.taken, **taken})
    return [
        draft
        for draft in losers
        if any(
            benefit.key not in won.get(draft.application_id, ())
            for benefit in draft.assessment.benefits
        )
    ]


def _seize(conn: Connection, drafts: Sequence[Draft], won: Won) -> None:
    """Take the keys that an approved determination needs from who has claimed them unverified.

    Granted holders keep theirs. Whoever loses a key is assessed again, and linked to the winner.
    """
    for draft in drafts:
        mine = won.setdefault(draft.application_id, set())
        wanted = [each for each in draft.assessment.benefits if each.key not in mine]
        rows = conn.exec_driver_sql(
            "WITH was AS (SELECT c.key, c.application_id FROM benefit_claim AS c"  # noqa: S608 -- a constant
            "  JOIN application AS a ON a.id = c.application_id"
            f"  WHERE c.key = ANY(%(keys)s) AND NOT {predicates.GRANT_IN_FORCE}"
            "  ORDER BY c.key FOR UPDATE OF c)"
            " UPDATE benefit_claim AS c SET application_id = %(id)s, amount = u.amount,"
            "  particulars = u.particulars, claimed_at = app_now()"
            " FROM was, unnest(%(keys)s::text[], %(amounts)s::numeric[], %(particulars)s::text[])"
            "  AS u (key, amount, particulars)"
            " WHERE c.key = was.key AND u.key = was.key"
            " RETURNING c.key, was.application_id",
            {
                "id": draft.application_id,
                "keys": [each.key for each in wanted],
                "amounts": [each.amount for each in wanted],
                "particulars": [each.particulars for each in wanted],
            },
        ).all()
        mine |= {row.key for row in rows}
        losers = {row.application_id for row in rows}
        ledger.add(conn, Stage.ASSESS, [(each, None) for each in sorted(losers)])


def _give_back(conn: Connection, drafts: Sequence[Draft], won: Won) -> None:
    """Return keys that the final assessment does not count after all."""
    surplus = [
        key
        for draft in drafts
        if (mine := won.get(draft.application_id))
        for key in mine - {benefit.key for benefit in draft.assessment.benefits}
    ]
    if surplus:
        conn.exec_driver_sql(
            "DELETE FROM benefit_claim WHERE key = ANY(%(keys)s)", {"keys": surplus}
        )


def holders(conn: Connection, keys: Sequence[str]) -> dict[str, Holder]:
    """Who holds which of the keys."""
    rows = conn.exec_driver_sql(
        f"SELECT c.key, a.id, a.receipt, c.amount, {predicates.GRANT_IN_FORCE}, c.particulars"  # noqa: S608 -- a constant
        " FROM benefit_claim AS c JOIN application AS a ON a.id = c.application_id"
        " WHERE c.key = ANY(%(keys)s)",
        {"keys": list(keys)},
    )
    return {
        key: Holder(application_id, Taken(receipt, amount, granted, told_by))
        for key, application_id, receipt, amount, granted, told_by in rows
    }


def release(conn: Connection, application_id: int, receipt: str) -> None:
    """Give back every benefit an application holds; whoever was linked to it is assessed again."""
    conn.exec_driver_sql(
        "DELETE FROM benefit_claim WHERE application_id = %(id)s", {"id": application_id}
    )
    revisit(conn, [receipt])


def revisit(conn: Connection, receipts: Sequence[str]) -> None:
    """Have the applications assessed again for which one of these counts as the earlier one."""
    if not receipts:
        return
    linked = conn.exec_driver_sql(
        "SELECT application_id FROM assessment"
        " WHERE in_force AND document @? '$.lines[*].earlier'"
        "  AND document -> 'lines' @> ANY(%(lines)s::jsonb[]) ORDER BY application_id",
        {"lines": [json.dumps([{"earlier": receipt}]) for receipt in receipts]},
    ).scalars()
    ledger.add(conn, Stage.ASSESS, [(application_id, None) for application_id in linked])
