"""What somebody has to do, in piles: each case once, where it is most urgent."""

from __future__ import annotations

from collections.abc import Sequence

from casework.docket import trail
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import case_rows, case_selection, numbers
from casework.views.case_filter import ANY, Wanted
from casework.views.case_selection import MOST_DERIVED, Asked, Order
from config.settings import Settings
from schemas.cases import CaseSummary
from schemas.numbers import BureauNumbers
from store.db import Database
from vocabulary.cases import CaseSort
from vocabulary.events import EventType


def read(
    db: Database,
    settings: Settings,
    principal: Principal,
    wanted: Sequence[Wanted],
    most: int,
    days: int,
) -> tuple[list[list[CaseSummary]], BureauNumbers]:
    """By promised day, so many of what each of `wanted` asks for and none before it; what a
    colleague works on is theirs. Beside them the bureau's numbers, with so many days before. That
    they were looked at is an event. Raises NotPermitted."""
    principal.require(Right.LIST_CASES)
    order, seen, shown = Order(CaseSort.DUE, is_descending=False), set[int](), list[list[int]]()
    with db.transaction() as conn:
        asked = Asked(conn, settings, principal, ANY)
        work = case_selection.read_work(asked)
        counted = numbers.of(asked._replace(work=work), days)
        own = [row for row in work.rows if row.assignee in {None, principal.actor}]
        asked = asked._replace(work=work._replace(rows=own))
        for each in wanted:
            found = case_selection.keys(asked._replace(wanted=each), order, MOST_DERIVED)
            ids = [key.id for key in found if key.id not in seen]
            seen.update(ids)
            shown.append(ids[:most])
        every = [each for pile in shown for each in pile]
        rows = case_rows.read(asked, every)
        trail.looked(conn, principal, EventType.ACCESS_CASES_LISTED, every)
    by_id = dict(zip(every, rows, strict=True))
    return [[by_id[each] for each in pile] for pile in shown], counted
