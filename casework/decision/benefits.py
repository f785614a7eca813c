"""What applications take from each other: one benefit per key.

Locks are taken in one order everywhere: benefit keys sorted, then cap accounts sorted
(`casework.decision.caps`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from casework.decision.candidate import Candidate
from casework.errors import RetryableError
from rules import PROVISIONS
from rules.model import Context, Taken
from store import ledger
from store.encoding import numbers
from vocabulary.records import Stage

ROUNDS = 5


def related(conn: Connection, cases: Sequence[Candidate]) -> None:
    """Tell each case which benefits of other provisions stand for the same yuan."""
    keys = {
        case.application_id: PROVISIONS[case.provision].related_keys(case.case) for case in cases
    }
    wanted = sorted({key for group in keys.values() for key in group})
    if not wanted:
        return
    held = holders(conn, wanted)
    for case in cases:
        taken = {
            key: held[key][1]
            for key in keys[case.application_id]
            if key in held
            and held[key][0] != case.application_id
            and not (case.overrides and not held[key][1].granted)
        }
        if taken:
            case.case = replace(case.case, context=Context(taken=taken))


def claim_benefits(conn: Connection, cases: Sequence[Candidate]) -> None:
    """Claim every benefit key; who comes second is assessed again and linked to the first.

    In: cases with an assessment. Raises RetryableError if other sessions keep changing hands.
    """
    again = [case.application_id for case in cases if case.again]
    if again:
        by_id = {case.application_id: case for case in cases}
        for application_id, key, amount in conn.exec_driver_sql(
            "DELETE FROM benefit_claim WHERE application_id = ANY(%(ids)s)"
            " RETURNING application_id, key, amount",
            {"ids": again},
        ):
            by_id[application_id].held[key] = amount
    waiting = [case for case in cases if case.assessment and case.assessment.benefits]
    for _ in range(ROUNDS):
        if not waiting:
            break
        waiting = _claim_round(conn, waiting)
    else:
        if waiting:
            raise RetryableError("benefit keys kept changing hands")
    _give_back(conn, cases)
    revisit(conn, [case.receipt for case in cases if _matters_to_others(case)])


def _matters_to_others(case: Candidate) -> bool:
    """Whether those linked to this application may fare otherwise now."""
    if not case.held or case.assessment is None:
        return False  # it held nothing, so nobody is linked to it
    holds = {benefit.key: benefit.amount for benefit in case.assessment.benefits}
    return holds != case.held or case.is_granted != case.was_granted


def _claim_round(conn: Connection, cases: Sequence[Candidate]) -> list[Candidate]:
    """Claim what is wanted and not yet won; returns the cases that lost a key and want again."""
    wanted = [
        (benefit.key, case.application_id, benefit.amount)
        for case in cases
        if case.assessment
        for benefit in case.assessment.benefits
        if benefit.key not in case.won
    ]
    rows = conn.exec_driver_sql(
        "INSERT INTO benefit_claim (key, application_id, amount, claimed_at)"
        " SELECT key, id, amount, (SELECT app_now())"
        " FROM unnest(%(keys)b::text[], %(ids)s::bigint[], %(amounts)s::numeric[])"
        "   AS u (key, id, amount) ORDER BY key, id"
        " ON CONFLICT (key) DO NOTHING RETURNING key, application_id",
        {
            "keys": [key for key, _, _ in wanted],
            "ids": numbers([application_id for _, application_id, _ in wanted]),
            "amounts": numbers([amount for _, _, amount in wanted]),
        },
    )
    by_id = {case.application_id: case for case in cases}
    for key, application_id in rows.all():
        by_id[application_id].won.add(key)
    _seize(conn, [case for case in cases if case.overrides])
    lost: dict[int, list[str]] = {}
    for key, application_id, _ in wanted:
        if key not in by_id[application_id].won:
            lost.setdefault(application_id, []).append(key)
    if not lost:
        return []
    held = holders(conn, sorted({key for keys in lost.values() for key in keys}))
    losers = [case for case in cases if case.application_id in lost]
    for case in losers:
        # A key without a holder was given back meanwhile: it is simply tried once more.
        taken = {key: held[key][1] for key in lost[case.application_id] if key in held}
        case.assess(taken={**case.case.context.taken, **taken})
    return [
        case
        for case in losers
        if case.assessment and any(b.key not in case.won for b in case.assessment.benefits)
    ]


def _seize(conn: Connection, cases: Sequence[Candidate]) -> None:
    """Take the keys that an approved determination needs from who has claimed them unverified.

    Granted holders keep theirs. Whoever loses a key is assessed again, and linked to the winner.
    """
    for case in cases:
        if case.assessment is None:
            continue
        wanted = [each for each in case.assessment.benefits if each.key not in case.won]
        rows = conn.exec_driver_sql(
            "WITH was AS (SELECT c.key, c.application_id FROM benefit_claim AS c"
            "  JOIN application AS a ON a.id = c.application_id"
            "  WHERE c.key = ANY(%(keys)s) AND a.outcome IS DISTINCT FROM 'eligible'"
            "  ORDER BY c.key FOR UPDATE OF c)"
            " UPDATE benefit_claim AS c SET application_id = %(id)s, amount = u.amount,"
            "  claimed_at = app_now()"
            " FROM was, unnest(%(keys)s::text[], %(amounts)s::numeric[]) AS u (key, amount)"
            " WHERE c.key = was.key AND u.key = was.key"
            " RETURNING c.key, was.application_id",
            {
                "id": case.application_id,
                "keys": [each.key for each in wanted],
                "amounts": [each.amount for each in wanted],
            },
        ).all()
        case.won |= {row.key for row in rows}
        losers = {row.application_id for row in rows}
        ledger.add(conn, Stage.ASSESS, [(each, None) for each in sorted(losers)])


def _give_back(conn: Connection, cases: Sequence[Candidate]) -> None:
    """Return keys that the final assessment does not count after all."""
    surplus = [
        key
        for case in cases
        if case.won and case.assessment
        for key in case.won - {benefit.key for benefit in case.assessment.benefits}
    ]
    if surplus:
        conn.exec_driver_sql(
            "DELETE FROM benefit_claim WHERE key = ANY(%(keys)s)", {"keys": surplus}
        )


def holders(conn: Connection, keys: Sequence[str]) -> dict[str, tuple[int, Taken]]:
    """Who holds which of the keys: key -> (application id, what the rules need to know)."""
    rows = conn.exec_driver_sql(
        "SELECT c.key, a.id, a.receipt, c.amount, a.outcome = 'eligible' FROM benefit_claim AS c"
        " JOIN application AS a ON a.id = c.application_id WHERE c.key = ANY(%(keys)s)",
        {"keys": list(keys)},
    )
    return {
        row[0]: (row[1], Taken(receipt=row[2], amount=row[3], granted=bool(row[4]))) for row in rows
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
