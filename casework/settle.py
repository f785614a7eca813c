"""What applications take from each other: one benefit per key, and running totals under a cap.

Locks are taken in one order everywhere: benefit keys sorted, then cap accounts sorted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from casework.errors import RetryableError
from rules import PROVISIONS
from rules.engine import assess
from rules.model import Assessment, Case, Context, Taken
from rules.notice import Notice
from store.encoding import numbers

ROUNDS = 5
ZERO = Decimal(0)


@dataclass(slots=True)
class Open:
    """An application being assessed: its case so far, and the assessment so far.

    `again`: it has been assessed before, so it may hold keys and cap already.
    """

    application_id: int
    receipt: str
    provision: str
    case: Case
    again: bool
    assessment: Assessment | None = None
    won: set[str] = field(default_factory=set)

    def decide(self, notice: Notice, **context: Any) -> Assessment:
        """Assess with a changed context; remembers and returns the assessment."""
        if context:
            self.case = replace(self.case, context=replace(self.case.context, **context))
        self.assessment = assess(PROVISIONS[self.provision], self.case, notice)
        return self.assessment


def related(conn: Connection, cases: Sequence[Open]) -> None:
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
            if key in held and held[key][0] != case.application_id
        }
        if taken:
            case.case = replace(case.case, context=Context(taken=taken))


def claim_benefits(conn: Connection, cases: Sequence[Open], notice: Notice) -> None:
    """Claim every benefit key; who comes second is assessed again and linked to the first.

    In: cases with an assessment. Raises RetryableError if other sessions keep changing hands.
    """
    again = [case.application_id for case in cases if case.again]
    if again:
        conn.exec_driver_sql(
            "DELETE FROM benefit_claim WHERE application_id = ANY(%(ids)s)", {"ids": again}
        )
    waiting = [case for case in cases if case.assessment and case.assessment.benefits]
    for _ in range(ROUNDS):
        if not waiting:
            break
        waiting = _claim_round(conn, waiting, notice)
    else:
        if waiting:
            raise RetryableError("benefit keys kept changing hands")
    _give_back(conn, cases)


def _claim_round(conn: Connection, cases: Sequence[Open], notice: Notice) -> list[Open]:
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
        case.decide(notice, taken={**case.case.context.taken, **taken})
    return [
        case
        for case in losers
        if case.assessment and any(b.key not in case.won for b in case.assessment.benefits)
    ]


def _give_back(conn: Connection, cases: Sequence[Open]) -> None:
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
        "SELECT c.key, a.id, a.receipt, c.amount FROM benefit_claim AS c"
        " JOIN application AS a ON a.id = c.application_id WHERE c.key = ANY(%(keys)s)",
        {"keys": list(keys)},
    )
    return {row[0]: (row[1], Taken(receipt=row[2], amount=row[3])) for row in rows}


def release(conn: Connection, application_id: int) -> None:
    """Give back every benefit and cap an application holds."""
    conn.exec_driver_sql(
        "DELETE FROM benefit_claim WHERE application_id = %(id)s", {"id": application_id}
    )
    held = _old_grants(conn, [application_id])
    if held:
        totals = _lock_accounts(conn, [account for account, _ in held.values()])
        for account, amount in held.values():
            totals[account] -= amount
        _save(conn, totals, held, {})


def linked(conn: Connection, receipt: str) -> list[int]:
    """The applications that count nothing for a benefit because this one was earlier."""
    return list(
        conn.exec_driver_sql(
            "SELECT application_id FROM assessment"
            " WHERE in_force AND document @? '$.lines[*].earlier'"
            "  AND document -> 'lines' @> %(line)s::jsonb ORDER BY application_id",
            {"line": json.dumps([{"earlier": receipt}])},
        ).scalars()
    )


def claim_caps(conn: Connection, cases: Sequence[Open], notice: Notice) -> None:
    """Grant from running totals, in order of application, never past an account's limit.

    The account's row stays locked until the transaction ends, so any number of workers reach the
    limit exactly and none passes it.
    """
    old = _old_grants(conn, [case.application_id for case in cases if case.again])
    capped = [case for case in cases if case.assessment and case.assessment.cap]
    accounts = {
        case.assessment.cap.account for case in capped if case.assessment and case.assessment.cap
    }
    accounts |= {account for account, _ in old.values()}
    if not accounts:
        return
    totals = _lock_accounts(conn, sorted(accounts))
    for account, amount in old.values():
        totals[account] -= amount
    grants: dict[int, tuple[str, Decimal]] = {}
    for case in sorted(capped, key=lambda case: case.application_id):
        used = _account_total(totals, case)
        assessment = case.decide(notice, cap_used=used) if used else case.assessment
        if assessment and assessment.cap:
            totals[assessment.cap.account] += assessment.cap.granted
            grants[case.application_id] = (assessment.cap.account, assessment.cap.granted)
    _save(conn, totals, old, grants)


def _account_total(totals: Mapping[str, Decimal], case: Open) -> Decimal:
    cap = case.assessment.cap if case.assessment else None
    return totals[cap.account] if cap else ZERO


def _old_grants(conn: Connection, ids: Sequence[int]) -> dict[int, tuple[str, Decimal]]:
    if not ids:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT application_id, account, amount FROM cap_grant WHERE application_id = ANY(%(ids)s)",
        {"ids": list(ids)},
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _lock_accounts(conn: Connection, accounts: Sequence[str]) -> dict[str, Decimal]:
    conn.exec_driver_sql(
        "INSERT INTO cap_account (account, granted)"
        " SELECT account, 0 FROM unnest(%(accounts)s::text[]) AS u (account) ORDER BY account"
        " ON CONFLICT DO NOTHING",
        {"accounts": list(accounts)},
    )
    rows = conn.exec_driver_sql(
        "SELECT account, granted FROM cap_account WHERE account = ANY(%(accounts)s)"
        " ORDER BY account FOR UPDATE",
        {"accounts": list(accounts)},
    )
    return {row[0]: row[1] for row in rows}


def _save(
    conn: Connection,
    totals: Mapping[str, Decimal],
    old: Mapping[int, tuple[str, Decimal]],
    grants: Mapping[int, tuple[str, Decimal]],
) -> None:
    if old:
        conn.exec_driver_sql(
            "DELETE FROM cap_grant WHERE application_id = ANY(%(ids)s)", {"ids": list(old)}
        )
    conn.exec_driver_sql(
        "INSERT INTO cap_grant (application_id, account, amount)"
        " SELECT * FROM unnest(%(ids)s::bigint[], %(accounts)s::text[], %(amounts)s::numeric[])",
        {
            "ids": list(grants),
            "accounts": [account for account, _ in grants.values()],
            "amounts": [amount for _, amount in grants.values()],
        },
    )
    conn.exec_driver_sql(
        "UPDATE cap_account AS c SET granted = u.granted"
        " FROM unnest(%(accounts)s::text[], %(granted)s::numeric[]) AS u (account, granted)"
        " WHERE c.account = u.account",
        {"accounts": list(totals), "granted": list(totals.values())},
    )
