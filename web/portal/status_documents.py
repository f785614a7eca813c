"""The documents of an application, for who filed it: what is there, adding, taking back."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from api.services import services
from casework.documents.handing_in import ByCode
from casework.views import documents
from schemas.documents import Documents
from web.parts.page import go_to, page
from web.parts.posted import posted, takes_files
from web.portal import earlier_files, handing_in, sending
from web.portal.handing_in import RefusedFile
from web.portal.holding import Held, holder
from web.portal.pages import portal_pages

pages = portal_pages("status-documents")

AT = "/status/documents"
REMOVE, AGAIN = "remove", "again"


def code_of(held: Held) -> ByCode:
    """Who the browser holds, as the holder of documents."""
    return ByCode(held.receipt, held.access_code)


def handed_in_by(held: Held) -> Documents:
    """What the application needs and what it has. Raises ApplicationNotFound."""
    made = services()
    return documents.of_holder(made.db, made.settings, code_of(held))


@pages.route(AT, methods=["GET"])
@holder
def asked(held: Held) -> Response:
    return _drawn(held)


@pages.route(AT, methods=["POST"])
@takes_files
@holder
def brought(held: Held) -> Response:
    taken = handing_in.take(code_of(held))
    if taken.refused:
        return _drawn(held, taken.refused)
    word, _, document = posted().get("do", "").partition(" ")
    if word == REMOVE:
        return go_to(f"{AT}/{document}/remove")
    if word == AGAIN:
        used = earlier_files.use(code_of(held), document)
        return go_to(f"{AT}?taken={used:d}#files")
    return go_to(f"{AT}?taken={len(taken.documents)}#files")


@pages.route(f"{AT}/begin", methods=["POST"])
@holder
def begun(held: Held) -> Response:
    """For the script that sends files in parts: one is announced."""
    return sending.begin(code_of(held))


@pages.route(f"{AT}/<document>/part", methods=["POST"])
@takes_files
@holder
def received(held: Held, document: str) -> Response:
    """For the script: a part of it, or how far it has come."""
    return sending.receive(code_of(held), document)


@pages.route(f"{AT}/<document>/picture", methods=["GET"])
@holder
def picture(held: Held, document: str) -> Response:
    return handing_in.send(code_of(held), document, small=True)


@pages.route(f"{AT}/<document>/file", methods=["GET"])
@holder
def file(held: Held, document: str) -> Response:
    return handing_in.send(code_of(held), document)


@pages.route(f"{AT}/<document>/remove", methods=["GET"])
@holder
def asked_to_remove(held: Held, document: str) -> Response:
    return page(
        "portal/document_remove.html",
        document=handing_in.standing(code_of(held), document),
        back=AT,
        mark="",
    )


@pages.route(f"{AT}/<document>/remove", methods=["POST"])
@holder
def removed(held: Held, document: str) -> Response:
    handing_in.remove(code_of(held), document)
    return go_to(f"{AT}?removed=1#files")


def _drawn(held: Held, refused: Sequence[RefusedFile] = ()) -> Response:
    response = page(
        "portal/status_documents.html",
        422 if refused else 200,
        found=handed_in_by(held),
        earlier=earlier_files.offered(code_of(held)),
        refused=refused,
        taken=request.args.get("taken", "")[:2].strip("0"),
        is_removed="removed" in request.args,
        at=AT,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
