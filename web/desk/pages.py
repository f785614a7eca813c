"""Sets of pages of the bureau's side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, request

from api.services import services
from casework.notices.editions import known_bureau_name
from casework.people.access import roles_text
from casework.views import happened
from web.desk import guard, refusals, standing_in, told
from web.desk.addresses import HOME
from web.desk.menu import MENU, section_of
from web.parts import pause
from web.parts.pages import Pages

LAYOUT: Final = "desk/layout.html"


def desk_pages(name: str) -> Pages:
    """A set of pages; its templates lie in `web/desk/templates/desk/`."""
    pages = Pages(f"desk-{name}", __name__, layout=LAYOUT, home=HOME, context=_context)
    refusals.answer_with_pages(pages)
    pages.after_request(told.forget)
    pages.after_request(_private)
    return pages


def _private(response: Response) -> Response:
    """Neither kept by a cache nor shown again by "back" after the logout."""
    response.headers["Cache-Control"] = "no-store"
    response.headers.add("Vary", "Cookie")
    return response


def _context() -> Mapping[str, Any]:
    """What the layout shows: whose page it is, where they may go, for whom they stand in, what was
    just done."""
    session = guard.present()
    if session is None:
        return {"who": None, "menu": (), "done": ""}
    pause.limited("desk", services().settings.accounts.session_idle_minutes, session.remaining)
    own = session.principal
    principal = standing_in.as_chosen(own)
    return {
        "who": session.name or own.label,
        "bureau": known_bureau_name(own.bureau),
        "roles": roles_text(own.roles),
        "by": happened.who,
        "menu": [entry for entry in MENU if principal.may(entry.right)],
        "section": section_of(request.path),
        "stands_in": standing_in.chosen(own),
        **pause.context(),
        "on_loan": [(standing_in.code_of(lent), lent) for lent in own.lent],
        "done": told.told(),
    }
