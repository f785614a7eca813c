"""Which cases are shown, in which order, page by page, and how much they come to.

Two ways. What the database knows by a column is read in the order of an index, a page at a time.
What is derived, promised days and overlaps, is asked of every case that still needs an act: their
number goes by the bureau's work, not by all that was ever filed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework.decision import overlaps
from casework.docket import name_search
from casework.docket.promises import FACTS, Promise, is_overdue, level, open_promises
from casework.errors import Invalid
from casework.people.access import Principal
from casework.views import case_filter
from casework.views.case_filter import KEYS, OPEN_WORK, SUM, Wanted
from config.settings import Settings
from schemas.cases import CaseTotals
from store import predicates
from vocabulary.cases import CaseSort
from vocabulary.promises import Level
from vocabulary.zone import CHINA

SCAN: Final = 200
"""Cases read at a time where it is asked which are not late."""
MOST_COUNTED: Final = 10_000
"""So many cases are counted and added up; beyond, a list says that there are more."""
MOST_DERIVED: Final = 10_000
"""So many cases with open work are looked through, those filed first."""
_LAST: Final = date.max
_CURSOR: Final = re.compile(r"([\w.-]{0,40})~(\d{1,18})", re.ASCII)


class CursorInvalid(Invalid):
    """It is no cursor of a list in this order."""

    code = "invalid_cursor"
    title = "翻页记号有误"
    message = "翻页记号有误，请从第一页重新翻起。"
    pointer = "/query/cursor"


class Order(NamedTuple):
    """How a list goes on. `cursor`: after which case of it, as the page before has said it."""

    sort: CaseSort = CaseSort.RECEIVED
    is_descending: bool = True
    cursor: str | None = None

    @classmethod
    def parse(cls, written: str | None, cursor: str | None = None) -> Order:
        """`due`, `-amount`; the newest first by itself."""
        if written is None:
            return cls(cursor=cursor)
        return cls(CaseSort(written.removeprefix("-")), written.startswith("-"), cursor)


NEWEST: Final = Order()


class Key(NamedTuple):
    """The place of a case in a list: what it is ordered by, and its id."""

    value: Any
    id: int

    @property
    def cursor(self) -> str:
        """As a page says where the next one begins."""
        return f"{'' if self.value == self.id else self.value}~{self.id}"


class Work(NamedTuple):
    """Cases that still need an act, those of these filters' columns; and what is promised of each,
    by its id, where days were asked for."""

    wanted: Wanted
    rows: Sequence[Row[Any]]
    days: Mapping[int, list[Promise]]


class Asked(NamedTuple):
    """Who asks for which cases, and of what; `work`: of what was read before, by `read_work`."""

    conn: Connection
    settings: Settings
    principal: Principal
    wanted: Wanted
    work: Work | None = None


def keys(asked: Asked, order: Order, most: int) -> list[Key]:
    """So many cases at most, in order. Raises CursorInvalid."""
    if _is_derived(asked, order.sort):
        return _after(_of_open_work(asked, order), order)[:most]
    if asked.wanted.overdue is None:
        return _by_column(asked, order, most)
    return _not_late(asked, order, most)


def _is_derived(asked: Asked, sort: CaseSort) -> bool:
    return asked.wanted.is_of_open_work or sort is CaseSort.DUE


def totals(asked: Asked, sort: CaseSort = CaseSort.RECEIVED) -> CaseTotals:
    """How many cases a list has and what they come to; up to a bound, so that counting costs
    the same however much is stored."""
    # By promised day a list has only what still needs an act; else the order changes no number.
    order = Order(sort if sort is CaseSort.DUE else CaseSort.RECEIVED)
    found = keys(asked, order, MOST_COUNTED + 1)
    ids = [key.id for key in found[:MOST_COUNTED]]
    pending, granted = asked.conn.exec_driver_sql(
        "SELECT coalesce(sum(a.amount) FILTER (WHERE NOT g.is_granted AND a.state"  # noqa: S608 -- constants
        f"  NOT IN ('determined', 'withdrawn', 'duplicate')), 0), coalesce(sum({predicates.AMOUNT})"
        "  FILTER (WHERE g.is_granted), 0)"
        " FROM unnest(%(ids)s::bigint[]) AS i (id) JOIN application AS a ON a.id = i.id,"
        f" LATERAL (SELECT {predicates.CANDIDATE} AND {predicates.GRANT_IN_FORCE} AS is_granted)"
        "  AS g",
        {"ids": ids},
    ).one()
    return CaseTotals(
        count=len(ids), is_more=len(found) > MOST_COUNTED, pending=pending, granted=granted
    )


def promised(settings: Settings, row: Row[Any]) -> list[Promise]:
    """What is still to be done on a case, of a row with `promised` and `now`."""
    return open_promises(settings.practice, row.promised, row.now.astimezone(CHINA).date())


def late(settings: Settings, found: Sequence[Promise], now: datetime) -> bool:
    """Whether a bureau is late with any of it."""
    return any(is_overdue(settings.practice, each, now.astimezone(CHINA)) for each in found)


def _by_column(asked: Asked, order: Order, most: int) -> list[Key]:
    sql, values = statement(asked, order)
    rows = asked.conn.exec_driver_sql(sql, {**values, "limit": most})
    return [Key(row.key, row.id) for row in rows]


def statement(asked: Asked, order: Order) -> tuple[str, dict[str, Any]]:
    """Reads ids in the order of a column; led and copied cases each by their own index."""
    sql, values = _condition(asked)
    key, down = KEYS[order.sort], "DESC" if order.is_descending else "ASC"
    if order.cursor is not None:
        after, sign = _read(order), "<" if order.is_descending else ">"
        values |= {"key": after.value, "after": after.id}
        if order.sort is CaseSort.RECEIVED:
            sql += f" AND a.id {sign} %(after)s"
        else:
            sql += f" AND ({key}, a.id) {sign} (%(key)s, %(after)s)"
    branches = " UNION ALL ".join(
        f"(SELECT a.id, {key} AS key FROM application AS a WHERE {whose} AND {sql}"  # noqa: S608 -- constants
        f" ORDER BY {key} {down}, a.id {down} LIMIT %(limit)s)"
        for whose in case_filter.concerned(asked.wanted)
    )
    whole = f"SELECT id, key FROM ({branches}) AS u ORDER BY key {down}, id {down} LIMIT %(limit)s"  # noqa: S608 -- constants
    return whole, values


def _not_late(asked: Asked, order: Order, most: int) -> list[Key]:
    """What nobody is late with, of all there is: asked of each, page by page."""
    every, found = asked._replace(wanted=replace(asked.wanted, overdue=None)), list[Key]()
    while len(found) < most:
        read = _by_column(every, order, SCAN)
        late_ids = {
            row.id
            for row in _facts(asked.conn, [key.id for key in read])
            if late(asked.settings, promised(asked.settings, row), row.now)
        }
        found += [key for key in read if key.id not in late_ids]
        if len(read) < SCAN:
            break
        order = order._replace(cursor=read[-1].cursor)
    return found[:most]


def _facts(conn: Connection, ids: Sequence[int]) -> Sequence[Row[Any]]:
    return conn.exec_driver_sql(
        f"SELECT a.id, {FACTS} AS promised, app_now() AS now FROM application AS a"  # noqa: S608 -- constants
        " WHERE a.id = ANY(%(ids)s::bigint[])",
        {"ids": list(ids)},
    ).all()


def _of_open_work(asked: Asked, order: Order) -> list[Key]:
    work = asked.work or read_work(asked, order.sort)
    _, rows, days = work if work.wanted.columns == asked.wanted.columns else _among(asked, work)
    kept = [r for r in rows if _is_wanted(asked.settings, asked.wanted, r, days.get(r.id, ()))]
    if asked.wanted.duplicate:
        meeting = overlaps.meeting_others(asked.conn, [row.id for row in kept])
        kept = [row for row in kept if row.id in meeting]
    found = [Key(_value(order.sort, row, days.get(row.id, ())), row.id) for row in kept]
    return sorted(found, reverse=order.is_descending)


def with_work(asked: Asked, sort: CaseSort) -> Asked:
    """The same; a list of what is derived has that read once, for page, rows and totals."""
    return asked._replace(work=read_work(asked, sort)) if _is_derived(asked, sort) else asked


def read_work(asked: Asked, sort: CaseSort = CaseSort.DUE) -> Work:
    """What still needs an act of these filters, for all lists of it."""
    is_of_days = asked.wanted.is_of_days or sort is CaseSort.DUE
    sql, values = open_statement(asked)
    rows = asked.conn.exec_driver_sql(sql, {**values, "limit": MOST_DERIVED}).all()
    days = {row.id: promised(asked.settings, row) for row in rows} if is_of_days else {}
    return Work(asked.wanted, rows, days)


def _among(asked: Asked, work: Work) -> Work:
    """What the columns let through of work that was read already."""
    sql, values = _concerned(asked)
    values["ids"] = [row.id for row in work.rows]
    sql = f"SELECT a.id FROM application AS a WHERE a.id = ANY(%(ids)s::bigint[]) AND {sql}"  # noqa: S608 -- constants
    kept = set(asked.conn.exec_driver_sql(sql, values).scalars())
    return work._replace(rows=[row for row in work.rows if row.id in kept])


def open_statement(asked: Asked) -> tuple[str, dict[str, Any]]:
    """Reads what still needs an act, with the facts that promised days are derived from."""
    sql, values = _concerned(asked)
    read = (
        f"WITH open AS MATERIALIZED ({OPEN_WORK})"  # noqa: S608 -- constants
        f" SELECT a.id, a.state, a.assignee, {SUM} AS sum, {FACTS} AS promised, app_now() AS now"
        f" FROM open JOIN application AS a ON a.id = open.id WHERE {sql}"
        " ORDER BY a.id LIMIT %(limit)s"
    )
    return read, values


def _concerned(asked: Asked) -> tuple[str, dict[str, Any]]:
    sql, values = _condition(asked)
    whose = " OR ".join(f"({each})" for each in case_filter.concerned(asked.wanted))
    return f"({whose}) AND {sql}", values


def _condition(asked: Asked) -> tuple[str, dict[str, Any]]:
    return case_filter.condition(
        asked.wanted,
        asked.principal,
        lambda typed: name_search.seek(asked.conn, asked.settings, typed),
    )


def _is_wanted(settings: Settings, wanted: Wanted, row: Row[Any], found: Sequence[Promise]) -> bool:
    now = row.now.astimezone(CHINA)
    if wanted.overdue is not None and late(settings, found, now) is not wanted.overdue:
        return False
    if wanted.due_before and not (found and found[0].due_on <= wanted.due_before):
        return False
    return not wanted.due_soon or any(
        level(settings.practice, each, now) is Level.DUE_SOON and not each.is_applicants
        for each in found
    )


def _value(sort: CaseSort, row: Row[Any], found: Sequence[Promise]) -> Any:
    match sort:
        case CaseSort.DUE:
            return found[0].due_on if found else _LAST
        case CaseSort.AMOUNT:
            return row.sum
        case CaseSort.STATE:
            return row.state
    return row.id


def _after(found: list[Key], order: Order) -> list[Key]:
    if order.cursor is None:
        return found
    last = _read(order)
    return [key for key in found if (key < last if order.is_descending else key > last)]


def _read(order: Order) -> Key:
    """The case that a page ended with. Raises CursorInvalid."""
    matched = _CURSOR.fullmatch(order.cursor or "")
    if matched is None:
        raise CursorInvalid
    written, number = matched[1], int(matched[2])
    try:
        match order.sort:
            case CaseSort.DUE:
                return Key(date.fromisoformat(written), number)
            case CaseSort.AMOUNT:
                return Key(Decimal(written), number)
            case CaseSort.STATE:
                return Key(written, number)
    except (ValueError, InvalidOperation) as error:
        raise CursorInvalid from error
    return Key(number, number)
