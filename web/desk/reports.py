"""Numbers: the API's reports as tables with bars, as files, and as one printed page a week."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, request

from api.errors import AddressNotFound
from api.services import services
from casework.notices.editions import every
from casework.people.access import Principal
from casework.people.rights import Right
from casework.reporting import sheets
from casework.reporting.reports import REPORTS
from casework.reporting.scope import Scope, bureau_for
from schemas.reports import ReportQuerySchema
from vocabulary.exports import ExportFormat
from vocabulary.zone import CHINA
from web.desk import charts
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.report_shapes import Behind, Table, Value
from web.desk.report_tables import tables
from web.parts.page import page
from web.parts.query import read_query, understood

pages = desk_pages("reports")

_QUERY: Final = ReportQuerySchema()
_WIDE: Final = ("fulfilment", "fulfilment-amounts")

_ON_THE_WEEK: Final = (
    "intake",
    "amounts",
    "fulfilment",
    "fulfilment-amounts",
    "times",
    "satisfaction",
)


@pages.route("/desk/reports", methods=["GET"])
@desk(Right.READ_REPORTS)
def shown(principal: Principal) -> Response:
    asked = understood(_QUERY, request.args)
    scope = _scope(principal, asked.read)
    made = [_on_screen(each) for each in _tables(principal, scope)]
    return page(
        "desk/reports.html",
        tables=[(each, charts.bars(each)) for each in made],
        scope=scope,
        dropped=asked.dropped,
        query=_query(scope),
        chooses_bureau=principal.may(Right.ALL_BUREAUS),
        bureaus={
            code: each.notice.name_of(code) for each in every() for code in each.notice.bureaus
        },
        titles={code: text for each in every() for code, text in each.notice.provisions.items()},
    )


@pages.route("/desk/reports/<name>.csv", methods=["GET"])
@desk(Right.READ_REPORTS)
def file(principal: Principal, name: str) -> Response:
    """One table as a file: it has no place to say that a filter was dropped."""
    scope = _scope(principal, read_query(_QUERY, request.args))
    for table in _tables(principal, scope):
        if table.name == name:
            return Response(
                _csv(table),
                content_type=sheets.MEDIA_TYPES[ExportFormat.CSV],
                headers={"Content-Disposition": f'attachment; filename="{table.name}.csv"'},
            )
    raise AddressNotFound


@pages.route("/desk/reports/week", methods=["GET"])
@desk(Right.READ_REPORTS)
def week(principal: Principal) -> Response:
    """One page about a week, from Monday; a week that is none is the present one."""
    scope = Scope(bureau=bureau_for(principal, None))
    now = _found(scope, "overdue")
    monday = _monday(request.args.get("of", ""), now["overdue"].as_of.astimezone(CHINA).date())
    of_week = _week_of(scope, monday)
    found = {**_found(of_week), **now}
    before = _found(_week_of(scope, monday - timedelta(days=7)), "intake")
    made = tables(found, Behind(principal, of_week), services().settings.practice.determine)
    return page(
        "desk/week.html",
        tables=[each.of_what_there_is() for each in made if each.name in _ON_THE_WEEK],
        late=tables_of(made, "overdue"),
        found=found,
        before=before["intake"].total.applications,
        monday=monday,
        sunday=monday + timedelta(days=6),
        year_and_week=monday.isocalendar(),
        earlier=f"{monday - timedelta(days=7):%G-W%V}",
        later=f"{monday + timedelta(days=7):%G-W%V}",
        query=_query(of_week),
    )


def _on_screen(table: Table) -> Table:
    """Ways of money have a column a stage, most of them empty; files have all."""
    return table.of_what_there_is() if table.name in _WIDE else table


def tables_of(made: list[Table], name: str) -> Table:
    """The table of that name."""
    return next(each for each in made if each.name == name)


def _scope(principal: Principal, asked: dict[str, Any]) -> Scope:
    return Scope(bureau=bureau_for(principal, asked.pop("bureau", None)), **asked)


def _query(scope: Scope) -> str:
    return urlencode(scope.document())


def _found(scope: Scope, *names: str) -> dict[str, Any]:
    made = services()
    return {name: REPORTS[name](made.db, made.settings, scope) for name in names or REPORTS}


def _tables(principal: Principal, scope: Scope) -> list[Table]:
    practice = services().settings.practice
    return tables(_found(scope), Behind(principal, scope), practice.determine)


def _monday(typed: str, today: date) -> date:
    this_week = today - timedelta(days=today.weekday())
    try:
        given = date.fromisoformat(f"{typed}-1") if typed else this_week
    except ValueError:
        return this_week
    return given if given.weekday() == 0 and date(2020, 1, 1) < given <= this_week else this_week


def _week_of(scope: Scope, monday: date) -> Scope:
    return replace(scope, received_from=monday, received_to=monday + timedelta(days=6))


def _csv(table: Table) -> bytes:
    columns = [(each.title, each.kind) for each in table.columns]
    rows = [[_written(cell.value) for cell in row] for row in (*table.rows, table.total) if row]
    with tempfile.TemporaryDirectory(prefix="wenqi-report-") as folder:
        path = Path(folder) / "report.csv"
        sheets.write_csv(path, columns, rows)
        return path.read_bytes()


def _written(value: Value) -> sheets.Cell:
    return str(value) if isinstance(value, int) else value
