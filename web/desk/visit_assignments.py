"""Several visits of the board given to one person: a result for each, and what was not given stays
selected."""

from __future__ import annotations

from typing import Final

from flask import Response

from api.services import services
from casework.followup import visit_assign
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.kit.paging import LIMIT_MAX
from web.desk import bulk_offer, visits
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.visits import BOARD
from web.parts.numbers import whole_number
from web.parts.page import page
from web.parts.posted import posted

pages = desk_pages("visit-assignments")

_DIGITS: Final = 9
_LONGEST: Final = 80


@pages.route(f"{BOARD}/assignments", methods=["POST"])
@desk(Right.ASSIGN_VISIT)
def assign_many(principal: Principal) -> Response:
    made, sent, seen = services(), posted().get("to", "")[:_LONGEST], _picked()
    to = "".join(each if each.isprintable() else "?" for each in sent) or None  # nobody's name
    fault = ""
    if not seen:
        fault = "没有选中任何一家。在走访卡片上打勾，再按按钮。"
    elif len(seen) > LIMIT_MAX:
        fault = f"一次最多指派{LIMIT_MAX}家，请少选一些。"
    results = (
        [] if fault else visit_assign.many(made.db, made.settings, principal, seen, to).results
    )
    return page(
        "desk/visits_assigned.html",
        422 if fault else 200,
        fault=fault,
        to=to,
        people=visits.people(principal),
        results=[
            (each, seen[each.visit], bulk_offer.why(each.code, each.message)) for each in results
        ],
        undone=sum(not each.done for each in results),
        week=posted().get("of", "")[:10],
    )


def _picked() -> dict[int, int]:
    """Numbers of visits, each with the version that was seen."""
    found = {}
    for value in posted().getlist("pick"):
        visit, version = (whole_number(each, _DIGITS) for each in value.partition("~")[::2])
        if visit and version:
            found[visit] = version
    return found
