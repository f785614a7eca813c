"""What is mine to do today (待办)."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.errors import AddressNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from web.desk.addresses import HOME
from web.desk.guard import desk, own_account
from web.desk.pages import desk_pages
from web.parts.page import go_to, page

pages = desk_pages("today")


@pages.route("/desk", methods=["GET"])
@public
def without_its_slash() -> Response:
    return go_to(HOME)


@pages.route(HOME, methods=["GET"])
@desk(Right.LIST_CASES)
def today(principal: Principal) -> Response:  # noqa: ARG001 -- its lists come with the next step
    return page("desk/today.html")


@pages.route("/desk/<path:rest>", methods=["GET"])
@own_account
def nowhere(**_: object) -> Response:
    """An address of the desk where nothing lies, said in its own layout."""
    raise AddressNotFound
