"""What is stored costs a page of the desk nothing: beside five times as much it reads no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest
from sqlalchemy import event

from casework.followup import request_list, visit_list
from casework.reporting.granted import granted
from casework.views import case_filter, case_selection, cases, inbox, numbers, proposals
from casework.views.case_filter import Wanted
from casework.views.case_selection import Order
from store.db import Database
from tests.support.office import HEAD, OFFICER, Office, decide
from tests.support.plans import every_node

FEW: Final = 2_000
MANY: Final = 10_000
_A_PAGE: Final = 100
_READ: Final = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
_ID: Final = "1000000 + g"
_EVENT: Final = "1000 * g::bigint"
_PARTY: Final = "lpad(g::text, 18, 'S')"
_GRANTED: Final[Mapping[str, Mapping[str, str]]] = {
    "application": {
        "id": _ID,
        "receipt": "'WQ200101-' || lpad(g::text, 7, '0') || '-0'",
        "uscc": _PARTY,
        "visit_id": _ID,
        "personal": "NULL",
        "received_at": "received_at - interval '1 year' + g * interval '1 minute'",
    },
    "assessment": {"application_id": _ID},
    "determination": {
        "id": _ID,
        "application_id": _ID,
        "proposed_at": "proposed_at - interval '1 year'",
        "decided_at": "decided_at - interval '1 year'",
    },
    "fulfilment": {
        "determination_id": _ID,
        "application_id": _ID,
        "handle": "'S' || g",
        "state": "'paid'",
    },
    "visit": {"id": _ID, "application_id": _ID, "uscc": _PARTY, "state": "'done'"},
    "event": {"id": f"id + {_EVENT}", "application_id": _ID},
    "delivery": {"application_id": _ID, "event_id": f"event_id + {_EVENT}", "state": "'sent'"},
}
"""What a granted case leaves behind, and how a copy differs."""


def copy(intruder: Database, case: int, first: int, last: int) -> None:
    """Store the case so many times more."""
    with intruder.transaction() as conn:
        for table, other in _GRANTED.items():
            key = "id" if table == "application" else "application_id"
            columns = conn.exec_driver_sql(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name = %(table)s"
                " AND is_generated = 'NEVER'",
                {"table": table},
            ).scalars()
            names = [name for name in columns if name != "id" or "id" in other]
            conn.exec_driver_sql(
                f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE"  # noqa: S608 -- constants
                f" SELECT {', '.join(other.get(name, name) for name in names)}"
                f" FROM {table}, generate_series(%(first)s::int, %(last)s::int) AS g"
                f" WHERE {key} = %(case)s",
                {"first": first, "last": last, "case": case},
            )
    with intruder.statement() as conn:
        for table in _GRANTED:
            conn.exec_driver_sql(f"ANALYZE {table}")
        # As vacuuming does.
        conn.exec_driver_sql("SELECT brin_summarize_new_values('ix_application_received_at')")


@contextmanager
def reading(database: Database) -> Iterator[dict[str, float]]:
    """How many rows were read of each table meanwhile, in vain or not."""
    read: dict[str, float] = {}

    def explain(_conn: Any, cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if not statement.lstrip().startswith(("SELECT", "WITH", "(")):
            return
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", given)
        for node in every_node(cursor.fetchone()[0][0]["Plan"]):
            table = node.get("Relation Name")
            if table:
                rows = sum(node.get(name, 0) for name in _READ)
                read[table] = read.get(table, 0) + rows * node["Actual Loops"]

    event.listen(database.engine, "before_cursor_execute", explain)
    try:
        yield read
    finally:
        event.remove(database.engine, "before_cursor_execute", explain)


def _said(wanted: Wanted) -> str:
    return ", ".join(
        f"{name}={value}" for name, value in asdict(wanted).items() if value is not None
    )


LISTS: Final[Sequence[tuple[Wanted, str | None]]] = (
    (case_filter.ANY, None),
    (case_filter.ANY, "due"),
    (case_filter.ANY, "-amount"),
    (Wanted(overdue=True), "due"),
    (Wanted(due_soon=True), None),
    (Wanted(duplicate=True), None),
    (Wanted(complete=True), None),
    (Wanted(to_call=True), None),
    (Wanted(callback=True), None),
    (Wanted(state=("awaiting_determination",)), None),
    (Wanted(state=("awaiting_determination",), acknowledged=False), None),
    (Wanted(state=("awaiting_approval",)), None),
    (Wanted(state=("under_review",)), None),
    (Wanted(assignee=case_filter.ME), None),
    (Wanted(granted=True), None),
    (Wanted(granted=False), None),
    (Wanted(received_from=date(2020, 3, 1), received_to=date(2020, 3, 2)), None),
    (Wanted(amount_from=Decimal(1), amount_to=Decimal(2)), "amount"),
    (Wanted(waiting_for="1.3"), None),
    (Wanted(identity="unverified"), None),
    (Wanted(q="1234"), None),
)


def _list(wanted: Wanted, sort: str | None) -> Callable[[Office], object]:
    return lambda office: cases.list_cases(
        office.db, office.settings, OFFICER, wanted, Order.parse(sort), with_totals=True
    )


PAGES: Final[Mapping[str, Callable[[Office], object]]] = {
    **{f"{_said(wanted)} {sort}": _list(wanted, sort) for wanted, sort in LISTS},
    "numbers": lambda office: numbers.read(office.db, office.settings, OFFICER),
    "granted": lambda office: granted(office.db, OFFICER, office.today()),
    "inbox": lambda office: inbox.list_messages(office.db, OFFICER),
    "inbox of a head": lambda office: inbox.list_messages(office.db, HEAD),
    "unread": lambda office: inbox.list_messages(office.db, HEAD, unread=True),
    "proposals": lambda office: proposals.waiting(office.db, HEAD),
    "visits": lambda office: visit_list.list_visits(
        office.db, OFFICER, visit_list.Wanted(open=True), limit=50
    ),
    "requests": lambda office: request_list.list_requests(office.db, OFFICER, state="open"),
}


def test_a_page_reads_no_more_of_what_is_stored(
    office: Office, intruder: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_selection, "MOST_COUNTED", _A_PAGE)
    for _ in range(3):
        office.submit()
    granted = office.submit().receipt
    decide(office, granted)
    with office.db.statement() as conn:
        case = conn.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = %(receipt)s", {"receipt": granted}
        ).scalar_one()
    read: list[dict[str, dict[str, float]]] = []
    for first, last in ((1, FEW), (FEW + 1, MANY)):
        copy(intruder, case, first, last)
        taken = {}
        for name, page in PAGES.items():
            with reading(office.db) as taken[name]:
                page(office)
        read.append(taken)
    few, many = read
    wrong = {
        (name, table): (few[name].get(table, 0), rows)
        for name, tables in many.items()
        for table, rows in tables.items()
        if rows > 1.5 * few[name].get(table, 0) + _A_PAGE
    }
    assert not wrong, "\n".join(map(str, wrong.items()))
