"""Running totals under a cap: (六) pays one institution at most so much, over all applications.

Only what a person granted counts: an application that waits for its 认定 may have been filed by
anybody under a public code, so it neither draws on an account nor learns what others drew. What was
determined is not changed by itself: of headroom that becomes free those are told whom the cap had
cut (`casework.decision.headroom`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from casework.decision.candidate import Draft
from store import ledger
from vocabulary.work import Stage


class Grant(NamedTuple):
    """What an application holds of an account, yuan."""

    account: str
    amount: Decimal


def claim(conn: Connection, drafts: Sequence[Draft]) -> None:
    """Draw granted amounts on their accounts, never past an account's limit.

    The account's row stays locked until the transaction ends, so any number of workers reach the
    limit exactly and none passes it.
    """
    old = _held(conn, [draft.application_id for draft in drafts if draft.candidate.again])
    counting = [
        (draft, cap) for draft in drafts if draft.is_granted and (cap := draft.assessment.cap)
    ]
    accounts = {cap.account for _, cap in counting}
    accounts |= {grant.account for grant in old.values()}
    if not accounts:
        return
    before = _lock(conn, sorted(accounts))
    totals = dict(before)
    for account, amount in old.values():
        totals[account] -= amount
    cut = _cut(conn, sorted(accounts), [draft.application_id for draft in drafts])
    grants: dict[int, Grant] = {}
    counting.sort(key=lambda each: each[0].application_id)
    for draft, cap in counting:
        account = cap.account
        used = totals[account]
        final = draft.revise(cap_used=used).cap if used else cap
        if final is None:
            continue
        hold = final.granted
        ruling = draft.candidate.ruling
        if ruling is not None and ruling.amount is not None:
            hold = min(hold, ruling.amount)
        totals[account] += hold
        grants[draft.application_id] = Grant(account, hold)
    _save(conn, totals, old, grants)
    _revisit(conn, before, totals, cut)


def release(conn: Connection, application_id: int) -> None:
    """Give back what an application holds of its account."""
    held = _held(conn, [application_id])
    if not held:
        return
    before = _lock(conn, [grant.account for grant in held.values()])
    totals = dict(before)
    for account, amount in held.values():
        totals[account] -= amount
    _save(conn, totals, held, {})
    _revisit(conn, before, totals, _cut(conn, list(totals), [application_id]))


def used(conn: Connection, account: str, application_id: int) -> Decimal:
    """Yuan of the account that other applications hold. For officers: the institution may be
    another legal person than the applicant."""
    total: Decimal = conn.exec_driver_sql(
        "SELECT coalesce(sum(amount), 0.00) FROM cap_grant"
        " WHERE account = %(account)s AND application_id <> %(id)s",
        {"account": account, "id": application_id},
    ).scalar_one()
    return total


def _revisit(
    conn: Connection,
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
    cut: Mapping[str, Sequence[int]],
) -> None:
    """Have those whom the cap cut assessed again, where headroom became free."""
    again = sorted(
        application_id
        for account, group in cut.items()
        if after[account] < before[account]
        for application_id in group
    )
    ledger.add(conn, Stage.ASSESS, [(application_id, None) for application_id in again])


def _cut(conn: Connection, accounts: Sequence[str], but: Sequence[int]) -> dict[str, list[int]]:
    """Granted applications that the cap cut, by account, but for those named."""
    rows = conn.exec_driver_sql(
        "SELECT g.account, g.application_id FROM cap_grant AS g"
        " JOIN assessment AS s ON s.application_id = g.application_id AND s.in_force"
        " WHERE g.account = ANY(%(accounts)s) AND NOT g.application_id = ANY(%(but)s)"
        "  AND (s.document -> 'cap' ->> 'computed')::numeric > g.amount",
        {"accounts": list(accounts), "but": list(but)},
    )
    found: dict[str, list[int]] = {}
    for account, application_id in rows:
        found.setdefault(account, []).append(application_id)
    return found


def _held(conn: Connection, ids: Sequence[int]) -> dict[int, Grant]:
    if not ids:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT application_id, account, amount FROM cap_grant WHERE application_id = ANY(%(ids)s)",
        {"ids": list(ids)},
    )
    return {application_id: Grant(account, amount) for application_id, account, amount in rows}


def _lock(conn: Connection, accounts: Sequence[str]) -> dict[str, Decimal]:
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
    old: Mapping[int, Grant],
    grants: Mapping[int, Grant],
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
            "accounts": [grant.account for grant in grants.values()],
            "amounts": [grant.amount for grant in grants.values()],
        },
    )
    conn.exec_driver_sql(
        "UPDATE cap_account AS c SET granted = u.granted"
        " FROM unnest(%(accounts)s::text[], %(granted)s::numeric[]) AS u (account, granted)"
        " WHERE c.account = u.account",
        {"accounts": list(totals), "granted": list(totals.values())},
    )
