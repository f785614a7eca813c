"""The judgement: sets compared, the clients' own record on one side, the database on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from casework.operations import sealing, trail_check
from faults import money, settled, upkeep
from faults.client import Record
from faults.world import TOLD_BUREAUS, World
from vocabulary.outcomes import VISITED

SHOWN = 5


@dataclass
class Judgement:
    """`lost` and `doubled` count applications and effects; `findings` says what and which."""

    accepted: int = 0
    lost: int = 0
    doubled: int = 0
    findings: list[str] = field(default_factory=list)
    dead: int = 0
    scheduled: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, doubled or otherwise wrong."""
        return not self.findings

    def find(self, what: str, which: Iterable[Any], *, lost: bool = False) -> None:
        """Note everything in `which` under `what`, unless there is nothing."""
        found = sorted(which)
        if not found:
            return
        if lost:
            self.lost += len(found)
        else:
            self.doubled += len(found)
        shown = ", ".join(str(each) for each in found[:SHOWN])
        self.findings.append(f"{what}: {len(found)} ({shown}{', …' if found[SHOWN:] else ''})")


def judge(world: World, record: Record) -> Judgement:
    """Compare everything. The clients have stopped and the ledger has come to rest."""
    judgement = Judgement(accepted=len(record.receipts))
    judgement.find("answers that were wrong", record.wrong)
    judgement.find("begun and never answered", record.begun.keys() - record.receipts.keys())
    sealing.run(world.db, world.settings)
    with world.db.transaction() as conn:
        _trail(conn, world, judgement)
        _applications(conn, world, record, judgement)
        _assessments(conn, world, record, judgement)
        _deliveries(conn, judgement)
        _visits(conn, judgement)
        money.check(conn, record, judgement.find)
        upkeep.check(conn, world, judgement.find)
        settled.check(conn, world, judgement.find)
        _ledger(conn, judgement)
        _sinks(conn, world, judgement)
        _double_is_refused(conn, judgement)
    return judgement


def _applications(conn: Connection, world: World, record: Record, judgement: Judgement) -> None:
    """Those of years ago are there as well, purged or not."""
    stored = _column(conn, "SELECT receipt FROM application")
    known = {*record.receipts.values(), *world.settled}
    judgement.find("accepted and not stored", known - set(stored), lost=True)
    judgement.find("stored and never accepted", set(stored) - known)
    judgement.find("one receipt for two keys", _repeated(record.receipts.values()))
    received = _column(
        conn,
        "SELECT a.receipt FROM event AS e JOIN application AS a ON a.id = e.application_id"
        " WHERE e.type = 'application.received'",
    )
    judgement.find("without its event of receipt", known - set(received), lost=True)
    judgement.find("more than one event of receipt", _repeated(received))


def _assessments(conn: Connection, world: World, record: Record, judgement: Judgement) -> None:
    """One assessment in force each; behind it one more for what an officer did to a claim: a
    finding of its own, a determination."""
    more = {
        record.receipts[key]: 2 if record.begun[key].certify == "finding" else 1
        for key in record.granted
    }
    more |= dict.fromkeys((one for one, case in world.settled.items() if case.is_determined), 1)
    rows = conn.exec_driver_sql(
        "SELECT a.receipt,"
        " (SELECT count(*) FROM assessment AS s WHERE s.application_id = a.id AND in_force),"
        " (SELECT count(*) FROM assessment AS s WHERE s.application_id = a.id),"
        " (SELECT count(*) FROM event AS e WHERE e.application_id = a.id"
        "   AND e.type = 'application.assessed'),"
        " a.state <> 'received' AND a.outcome IS NOT NULL AND a.lead_bureau IS NOT NULL"
        " FROM application AS a"
    ).all()
    judgement.find("without an assessment", [r[0] for r in rows if r[1] < 1], lost=True)
    judgement.find(
        "several assessments",
        [r[0] for r in rows if r[1] > 1 or r[2] > 1 + more.get(r[0], 0)],
    )
    judgement.find("without its event", [r[0] for r in rows if r[3] < 1], lost=True)
    several = [r[0] for r in rows if r[3] > 1 + more.get(r[0], 0)]
    judgement.find("several events of assessment", several)
    judgement.find("without a route", [r[0] for r in rows if not r[4]], lost=True)


def _deliveries(conn: Connection, judgement: Judgement) -> None:
    """Of assessments that say anything new: exactly the rows they call for. Of everything: none
    twice. Nothing new: a determination that grants what a finding already came to."""
    rows = conn.exec_driver_sql(
        "SELECT id, lead_bureau, copied_bureaus FROM ("
        " SELECT e.id, a.lead_bureau, a.copied_bureaus, e.data - '{serial,determined}'::text[]"
        "  IS DISTINCT FROM lag(e.data - '{serial,determined}'::text[])"
        "   OVER (PARTITION BY e.application_id ORDER BY e.id) AS is_news"
        " FROM event AS e JOIN application AS a ON a.id = e.application_id"
        " WHERE e.type = 'application.assessed') AS said WHERE is_news"
    )
    wanted = set()
    for event, lead, copied in rows:
        for bureau in (lead, *copied):
            wanted.add((event, bureau, "inbox"))
            if bureau in TOLD_BUREAUS:
                wanted.add((event, bureau, "email"))
    there = [
        tuple(row)
        for row in conn.exec_driver_sql(
            "SELECT d.event_id, d.recipient, d.channel FROM delivery AS d"
            " JOIN event AS e ON e.id = d.event_id"
            " WHERE e.type = 'application.assessed' AND d.recipient_kind = 'bureau'"
        )
    ]
    judgement.find("bureaus not told", wanted - set(there), lost=True)
    judgement.find("bureaus told without cause", set(there) - wanted)
    judgement.find(
        "applicants not told",
        _column(
            conn,
            "SELECT e.id FROM event AS e JOIN application AS a ON a.id = e.application_id"
            " WHERE e.type = 'application.assessed' AND e.data ->> 'serial' = '1'"
            " AND a.identity <> 'unverified' AND NOT EXISTS (SELECT FROM delivery AS d"
            "  WHERE d.event_id = e.id AND d.recipient_kind = 'enterprise')",
        ),
        lost=True,
    )
    doubled = conn.exec_driver_sql(
        "SELECT event_id, recipient_kind, recipient, channel FROM delivery"
        " GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
    )
    judgement.find("deliveries doubled", [tuple(row) for row in doubled])
    # A call waits for a person, on the case and in the inbox; what is summed up is told by another.
    unsent = _column(
        conn,
        "SELECT id FROM delivery WHERE state NOT IN ('sent', 'failed', 'summed')"
        " AND channel <> 'call' AND NOT EXISTS"
        " (SELECT FROM work_item WHERE stage = 'notify' AND subject_id = delivery.id)",
    )
    judgement.find("deliveries nobody works on", unsent, lost=True)


def _visits(conn: Connection, judgement: Judgement) -> None:
    missing = _column(
        conn,
        "SELECT a.receipt FROM application AS a LEFT JOIN visit AS v ON v.id = a.visit_id"
        " WHERE a.outcome = ANY(%(visited)s)"
        " AND (v.id IS NULL OR v.uscc IS DISTINCT FROM a.uscc)",
        visited=[outcome.value for outcome in VISITED],
    )
    judgement.find("without a visit", missing, lost=True)
    doubled = _column(
        conn,
        "SELECT uscc FROM visit WHERE state <> 'cancelled' GROUP BY uscc HAVING count(*) > 1",
    )
    judgement.find("enterprises with several visits", doubled)


def _trail(conn: Connection, world: World, judgement: Judgement) -> None:
    """Every event has its seal, whoever committed late, was killed or sealed twice."""
    verdict = trail_check.verify(conn, world.settings)
    judgement.find("seals that do not fit the trail", [str(one) for one in verdict.findings])
    judgement.find("events without a seal", ["some"] * verdict.waiting, lost=True)


def _ledger(conn: Connection, judgement: Judgement) -> None:
    """Every item is done (gone), scheduled, or visibly dead with its reason."""
    idle = _column(
        conn,
        "SELECT stage || ' ' || id FROM work_item WHERE dead_at IS NULL"
        " AND stage <> 'canary' AND not_before <= app_now() - interval '1 minute'",
    )
    judgement.find("work that is due and not done", idle, lost=True)
    judgement.find(
        "dead without a reason",
        _column(conn, "SELECT id FROM work_item WHERE dead_at IS NOT NULL AND last_error IS NULL"),
        lost=True,
    )
    dead = conn.exec_driver_sql(
        "SELECT stage, last_error, count(*) FROM work_item WHERE dead_at IS NOT NULL GROUP BY 1, 2"
    ).all()
    judgement.dead = sum(row[2] for row in dead)
    # Every fault of a run passes: nothing has a reason to be given up.
    judgement.find("given up", [f"{row[0]}: {row[1]} ({row[2]})" for row in dead], lost=True)
    judgement.scheduled = len(_column(conn, "SELECT id FROM work_item WHERE dead_at IS NULL"))


def _sinks(conn: Connection, world: World, judgement: Judgement) -> None:
    """What the database calls sent has arrived. More than once is allowed, under one name."""
    for channel, kept in (("email", world.mail.kept), ("webhook", world.webhook.kept)):
        sent = len(
            _column(
                conn,
                "SELECT id FROM delivery WHERE channel = %(channel)s AND state = 'sent'",
                channel=channel,
            )
        )
        if sent > len(kept):
            judgement.find(
                f"{channel}: sent and never arrived", [f"{sent} of {len(kept)}"], lost=True
            )
        waiting = len(
            _column(
                conn,
                "SELECT id FROM delivery WHERE channel = %(channel)s AND state <> 'sent'",
                channel=channel,
            )
        )
        if len(kept) > sent + waiting:
            judgement.find(f"{channel}: messages without a delivery", [len(kept) - sent - waiting])


def _double_is_refused(conn: Connection, judgement: Judgement) -> None:
    """The database itself stands in the way of a second delivery row, whatever the code does."""
    unique = conn.exec_driver_sql(
        "SELECT count(*) FROM pg_constraint WHERE conrelid = 'delivery'::regclass AND contype = 'u'"
    ).scalar_one()
    if not unique:
        judgement.find("nothing keeps deliveries unique", ["delivery"])


def _column(conn: Connection, statement: str, **values: Any) -> list[Any]:
    return list(conn.exec_driver_sql(statement, values).scalars())


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]
