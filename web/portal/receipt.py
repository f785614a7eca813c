"""What is said once an application is stored: its number and access code, and what happens next."""

from __future__ import annotations

from flask import Response

from api.services import services
from casework.views import reach, status
from vocabulary.cases import Act
from web.parts import qr
from web.parts.page import go_to, page
from web.portal import receipt_picture, status_documents
from web.portal.holding import RECEIPT, Held, holder, receipt_address
from web.portal.pages import portal_pages

pages = portal_pages("receipt")


@pages.route(RECEIPT, methods=["GET"])
@holder
def receipt(held: Held) -> Response:
    made = services()
    found = status.read(made.db, made.settings, held.receipt, held.access_code)
    ways = reach.read(made.db, made.settings, held.receipt, held.access_code)
    return page(
        "portal/receipt.html",
        found=found,
        code=held.access_code if held.shows_code else "",
        is_renewed=held.is_renewed,
        qr=qr.svg(receipt_address(held.receipt)),
        confirmed=[each for each in ways if each.is_confirmed],
        confirmable=Act.VERIFY_CONTACT in found.actions and any(each.code.is_open for each in ways),
        papers=status_documents.handed_in_by(held),
        at=status_documents.AT,
        practice=made.settings.practice,
    )


@pages.route(f"{RECEIPT}/picture", methods=["GET"])
@holder
def picture(held: Held) -> Response:
    """Number, access code and QR code to keep, as long as the receipt shows the access code."""
    if not held.shows_code:
        return go_to(RECEIPT)
    made = receipt_picture.draw(held.receipt, held.access_code, receipt_address(held.receipt))
    return Response(
        made,
        content_type="image/png",
        headers={"Content-Disposition": f'attachment; filename="{held.receipt}.png"'},
    )
