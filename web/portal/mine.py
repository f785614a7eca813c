"""Several applications of one enterprise in one list (我的申报)."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.services import services
from casework.views import own_applications
from vocabulary.receipts import normalise
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import enterprise, holding
from web.portal.holding import ENTRY, Held, holder
from web.portal.login import MINE
from web.portal.pages import portal_pages

pages = portal_pages("mine")

_LONGEST = 40


@pages.route(MINE, methods=["GET"])
@public
def listed() -> Response:
    made, session = services(), enterprise.session()
    if session is not None:
        found = own_applications.of_enterprise(made.db, session.uscc)
        response = page("portal/mine.html", session=session, found=found)
    elif holding.held() is not None:
        response = _of_contact()
    else:
        can_log_in = made.settings.enterprise_login.issuer is not None
        response = page("portal/mine_enter.html", can_log_in=can_log_in)
    response.headers["Cache-Control"] = "no-store"
    return response


@holder
def _of_contact(held: Held) -> Response:
    made = services()
    found = own_applications.of_contact(made.db, made.settings, held.receipt, held.access_code)
    return page("portal/mine_of_contact.html", held=held, found=found)


@pages.route(f"{MINE}/open", methods=["POST"])
@public
def opened() -> Response:
    """One of the list. What is not the enterprise's is refused at its page, as a wrong code is."""
    session = enterprise.session()
    receipt = normalise(posted().get("receipt", "")[:_LONGEST])
    if session is None or not receipt.isascii() or "|" in receipt:
        return go_to(MINE)
    return holding.keep(go_to(ENTRY), Held(receipt, session.credential))
