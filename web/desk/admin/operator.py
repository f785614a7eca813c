"""What an operator looks at: where every application is, what is stuck, work that was given up."""

from __future__ import annotations

from typing import Final

from flask import Response

from api.services import services
from casework.operations import doctor, readiness
from casework.people.access import Principal
from casework.people.rights import Right
from casework.work import dispatch
from vocabulary.troubles import PLACES
from vocabulary.work import STAGE_TEXTS
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.numbers import whole_number
from web.parts.page import go_to, page
from web.parts.posted import posted

pages = desk_pages("admin-operator")

OPERATIONS: Final = "/desk/admin/operations"
_SHOWN: Final = 100


@pages.route(OPERATIONS, methods=["GET"])
@desk(Right.OPERATE)
def operations(principal: Principal) -> Response:
    del principal
    made = services()
    return page(
        "desk/admin_operations.html",
        diagnosis=doctor.examine(made.db, made.settings),
        ready=readiness.check(made.db, made.settings),
        places=PLACES,
        stages=STAGE_TEXTS,
        letters=dispatch.dead_letters(made.db, limit=_SHOWN),
        most=_SHOWN,
    )


@pages.route(f"{OPERATIONS}/retry", methods=["POST"])
@desk(Right.OPERATE)
def retry(principal: Principal) -> Response:
    """Give what was picked another set of attempts."""
    del principal
    given = map(whole_number, posted().getlist("item")[:_SHOWN])
    items = [each for each in given if each is not None]
    revived = dispatch.retry(services().db, items) if items else []
    said = f"{len(revived)}项重新处理。" if revived else "没有选中，或已经不在这里。"
    return tell(go_to(OPERATIONS), said)
