"""Codes that are typed back: to confirm the contact, and for a new access code."""

from __future__ import annotations

from unicodedata import normalize
from urllib.parse import urlencode

from flask import Response, request

from api.auth import public, tried
from api.services import services
from casework.acts import access_codes, contact_code
from casework.acts.one_time_codes import CodeRefused
from casework.outbox.code_addresses import MINUTES, MOST_A_DAY
from casework.views import reach, status
from vocabulary.cases import Act
from vocabulary.deliveries import Channel
from vocabulary.receipts import normalise
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import holding
from web.portal.holding import ENTRY, Held, holder
from web.portal.pages import portal_pages

pages = portal_pages("codes")

_CONFIRM, _RENEW = "/status/code", "/status/new-code"
_LONGEST = 40
_EMPTY = "把收到的验证码填在这里。"


@pages.route(_CONFIRM, methods=["GET"])
@holder
def confirm(held: Held) -> Response:
    return _confirming(held)


@pages.route(_CONFIRM, methods=["POST"])
@holder
def send(held: Held) -> Response:
    """Send a code to an address; not again while one has just been sent there."""
    made = services()
    ways = reach.read(made.db, made.settings, held.receipt, held.access_code)
    asked = posted().get("channel", "")
    if any(way.channel == asked and not way.is_confirmed and not way.code.wait for way in ways):
        made.limiter.code()
        contact_code.ask(
            made.db, made.settings, held.receipt, held.access_code, channel=Channel(asked)
        )
    return go_to(_CONFIRM)


@pages.route(f"{_CONFIRM}/typed", methods=["GET"])
@public
def reopened() -> Response:
    """A telephone that comes back to its browser opens anew what had answered a wrong code."""
    return go_to(_CONFIRM)


@pages.route(f"{_CONFIRM}/typed", methods=["POST"])
@holder
def typed(held: Held) -> Response:
    code = _typed()
    if not code:
        return _confirming(held, code, _EMPTY)
    try:
        answer: Response = _verify(held=held, code=code)
    except CodeRefused as refused:
        return _confirming(held, code, refused.detail)
    return answer


@tried
def _verify(held: Held, code: str) -> Response:
    made = services()
    contact_code.verify(made.db, made.settings, held.receipt, held.access_code, code=code)
    return holding.done(held, "verified")


def _confirming(held: Held, code: str = "", error: str = "") -> Response:
    made = services()
    found = status.read(made.db, made.settings, held.receipt, held.access_code)
    if Act.VERIFY_CONTACT not in found.actions:
        return go_to(ENTRY)
    ways = reach.read(made.db, made.settings, held.receipt, held.access_code)
    waiting = [way for way in ways if not way.is_confirmed]
    return page(
        "portal/code.html",
        422 if error else 200,
        found=found,
        ways=[way for way in waiting if way.code.is_open],
        sent=[way for way in waiting if way.code.wait is not None],
        typed=code,
        error=error,
        minutes=MINUTES,
        most=MOST_A_DAY,
    )


@pages.route(_RENEW, methods=["GET"])
@public
def renew() -> Response:
    found = holding.held()
    return _renewing(request.args.get("receipt", "")[:_LONGEST] or (found.receipt if found else ""))


@pages.route(_RENEW, methods=["POST"])
@public
def ask() -> Response:
    """Send a code to the confirmed addresses of an application, if there is one; never say so."""
    made, receipt = services(), posted().get("receipt", "").strip()[:_LONGEST]
    if not normalise(receipt).isascii() or not receipt:
        return _renewing(receipt, "受理编号要填，在受理回执上，以WQ开头。")
    made.limiter.code()
    access_codes.ask(made.db, made.settings, normalise(receipt))
    return go_to(f"{_RENEW}/typed?{urlencode({'receipt': receipt})}")


@pages.route(f"{_RENEW}/typed", methods=["GET"])
@public
def asked() -> Response:
    return _exchanging(request.args.get("receipt", "")[:_LONGEST])


@pages.route(f"{_RENEW}/typed", methods=["POST"])
@public
def exchange() -> Response:
    receipt, code = posted().get("receipt", "").strip()[:_LONGEST], _typed()
    if not code:
        return _exchanging(receipt, code, _EMPTY)
    try:
        answer: Response = _renewed(receipt=normalise(receipt), code=code)
    except CodeRefused as refused:
        return _exchanging(receipt, code, refused.detail)
    return answer


@tried
def _renewed(receipt: str, code: str) -> Response:
    made = services()
    made.limiter.code()
    fresh = access_codes.renew(made.db, made.settings, receipt, code=code)
    return holding.renewed(receipt, fresh)


def _renewing(receipt: str, error: str = "") -> Response:
    return _private(
        page("portal/new_code.html", 422 if error else 200, receipt=receipt, error=error)
    )


def _exchanging(receipt: str, code: str = "", error: str = "") -> Response:
    return _private(
        page(
            "portal/new_code_typed.html",
            422 if error else 200,
            receipt=receipt,
            typed=code,
            error=error,
            minutes=MINUTES,
            most=MOST_A_DAY,
        )
    )


def _typed() -> str:
    return normalize("NFKC", posted().get("code", "").strip()[:_LONGEST])


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
