"""One document of a case beside what is declared of it; turned and enlarged by links alone."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.services import services
from casework.documents.errors import DocumentNotFound
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import cases, documents
from vocabulary.documents import DocumentState, FileKind
from web.desk import case_page
from web.desk.case_page import Sent, address, tail
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.page import page

pages = desk_pages("case-documents")

_TURNS: Final = ("0", "90", "180", "270")
_SIZES: Final = ("1", "2", "3")


@pages.route("/desk/cases/<receipt>/documents/<document>", methods=["GET"])
@desk(Right.READ_DOCUMENT)
def viewer(principal: Principal, receipt: str, document: str) -> Response:
    made, sent = services(), Sent.of_address(request.args)
    case = cases.read(made.db, made.settings, principal, receipt)
    papers = documents.of_case(made.db, principal, receipt).items
    place = next((at for at, each in enumerate(papers) if each.id == document), None)
    if place is None:
        raise DocumentNotFound
    shown = papers[place]
    turn, size = request.args.get("turn", ""), request.args.get("size", "")
    return page(
        "desk/document.html",
        case=case,
        shown=shown,
        place=place,
        papers=papers,
        facts=[
            each
            for each in case_page.answers(case)
            if shown.paper in editions.papers_of_fields(case.notice, case.provision, [each.pointer])
        ],
        is_picture=shown.state is DocumentState.READY and shown.kind is not FileKind.PDF,
        is_ready=shown.state is DocumentState.READY,
        turn=_TURNS.index(turn) if turn in _TURNS else 0,
        turns=_TURNS,
        size=_SIZES.index(size) if size in _SIZES else 0,
        sizes=_SIZES,
        back=address(case.receipt, sent.query, sent.next),
        onward=tail(sent.query, sent.next).removeprefix("?"),
    )
