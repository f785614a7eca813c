"""The whole trail for auditors: by person, case, kind and day."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request

from api.services import services
from casework.operations import trail_list
from casework.operations.trail_list import Wanted
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views.happened import who
from schemas.audit import AuditQuerySchema
from schemas.kit.format_errors import InvalidRequest
from vocabulary.events import EventType
from web.desk.admin import spoken
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.forms.sentences import to_people
from web.parts.page import page
from web.parts.query import read_query

pages = desk_pages("admin-trail")

TRAIL = "/desk/admin/trail"


@pages.route(TRAIL, methods=["GET"])
@desk(Right.READ_AUDIT)
def trail(principal: Principal) -> Response:
    """Nothing is looked up before something was asked for: a look is on the trail, too."""
    typed = {name: text.strip() for name, text in request.args.items() if text.strip()}
    found = None
    faults: list[tuple[str, str]] = []
    if typed:
        try:
            asked = read_query(AuditQuerySchema(), typed)
            paging = {name: asked.pop(name, None) for name in ("before", "limit")}
            found = trail_list.read(services().db, principal, Wanted(**asked), **paging)
        except InvalidRequest as refused:
            faults = [(each.pointer.rpartition("/")[2], to_people(each)) for each in refused.errors]
    onward = ""
    if found is not None and found.next is not None:
        onward = urlencode(typed | {"before": str(found.next)})
    return page(
        "desk/admin_trail.html",
        422 if faults else 200,
        typed=typed,
        faults=faults,
        found=found,
        onward=onward,
        kinds=[(each.value, f"{spoken.named(each)}（{each.value}）") for each in EventType],
        told=spoken.told,
        called=who,
    )
