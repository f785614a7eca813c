"""The judgement on money: (六)'s cap to the fen by what was certified; no lease counted twice."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import Connection

from faults.bodies import CAP
from faults.client import Record


class Find(Protocol):
    """Notes what was found under a name (`faults.judgement.Judgement.find`)."""

    def __call__(self, what: str, which: Iterable[Any], *, lost: bool = False) -> None:
        """Nothing is noted for nothing."""


def check(conn: Connection, record: Record, find: Find) -> None:
    """Hold what the database grants to the clients' own record."""
    _claims(conn, record, find)
    _certifications(conn, record, find)
    _totals(conn, find)
    benefits = conn.exec_driver_sql(
        "SELECT s.receipt FROM (SELECT a.receipt, a.amount, sum(b.amount) AS claimed"
        "  FROM application AS a JOIN benefit_claim AS b ON b.application_id = a.id"
        "  WHERE a.provision = 'm01_tenant' GROUP BY a.id) AS s WHERE s.amount <> s.claimed"
    ).scalars()
    find("amounts that are not what was claimed", benefits)


def _claims(conn: Connection, record: Record, find: Find) -> None:
    """Per institution the granted sum is what was certified or the cap, whichever is less; each
    claim holds what its officer was told; without 认定 a claim computes and counts for nothing."""
    stored = {
        row.receipt: row
        for row in conn.exec_driver_sql(
            "SELECT a.receipt, a.amount, a.determined_amount, coalesce(g.amount, 0) AS held"
            " FROM application AS a LEFT JOIN cap_grant AS g ON g.application_id = a.id"
            " WHERE a.provision = 'm06_guarantee'"
        )
    }
    certified: dict[str, Decimal] = {}
    granted: dict[str, Decimal] = {}
    for key, receipt in record.receipts.items():
        job, row = record.begun[key], stored.get(receipt)
        if job.subsidy is None or job.institution is None or row is None:
            continue
        granted[job.institution] = granted.get(job.institution, Decimal(0)) + row.held
        if key not in record.granted:
            if row.amount != min(job.subsidy, CAP):
                find("claims not computed to the fen", [f"{receipt}: {row.amount}"])
            if row.held:
                find("claims that count without 认定", [receipt])
            continue
        certified[job.institution] = certified.get(job.institution, Decimal(0)) + job.subsidy
        told = record.granted[key]
        if told is None:
            find("claims that could not be certified", [receipt], lost=True)
        elif (told, told) != (row.held, row.amount) or row.determined_amount != told:
            find("claims that hold another amount than was granted", [f"{receipt}: {told}"])
    for institution, asked in certified.items():
        due, got = min(asked, CAP), granted[institution]
        if due != got:
            find("caps not kept to the fen", [f"{institution}: {got} instead of {due}"])


def _certifications(conn: Connection, record: Record, find: Find) -> None:
    """Each certified claim has one finding and one determination in force."""
    wanted = {
        record.receipts[key]: (1, 1) for key, told in record.granted.items() if told is not None
    }
    there = {
        row[0]: (row[1], row[2])
        for row in conn.exec_driver_sql(
            "SELECT a.receipt,"
            " (SELECT count(*) FROM official_finding AS f WHERE f.application_id = a.id),"
            " (SELECT count(*) FROM event AS e WHERE e.application_id = a.id"
            "   AND e.type = 'determination.made')"
            " FROM application AS a WHERE a.provision = 'm06_guarantee'"
        )
    }
    wrong = [receipt for receipt, counts in wanted.items() if there.get(receipt) != counts]
    find("certifications lost", [r for r in wrong if there.get(r, (0, 0)) < wanted[r]], lost=True)
    find("certifications doubled", [r for r in wrong if there.get(r, (0, 0)) > wanted[r]])
    found = {receipt for receipt, counts in there.items() if any(counts)}
    begun = {record.receipts[key] for key in record.granted}
    find("certified by nobody", found - begun)


def _totals(conn: Connection, find: Find) -> None:
    totals = conn.exec_driver_sql(
        "SELECT c.account FROM cap_account AS c LEFT JOIN"
        " (SELECT account, sum(amount) AS amount FROM cap_grant GROUP BY account) AS g"
        " USING (account) WHERE c.granted IS DISTINCT FROM coalesce(g.amount, 0)"
    ).scalars()
    find("running totals that do not add up", totals)
