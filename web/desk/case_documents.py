"""One document of a case beside what is declared of it, in a strip of them all; turned, enlarged
and leafed through by links alone."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from api import files
from api.services import services
from casework.documents import looking
from casework.documents.errors import DocumentNotFound, DrawingBusy, PageNotDrawn, StoreAway
from casework.documents.looking import Sheet
from casework.documents.page_drawing import SIDES
from casework.notices import editions
from casework.notices.editions import known_bureau_name
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import cases, documents
from schemas.documents import Document
from vocabulary.documents import DocumentState, FileKind
from web.desk import case_page, case_points
from web.desk.case_page import Sent, address, tail
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.parts.numbers import whole_number
from web.parts.page import page

pages = desk_pages("case-documents")

_TURNS: Final = ("0", "90", "180", "270")
_SIZES: Final = ("1", "2", "3")
_ONE: Final = "/desk/cases/<receipt>/documents/<document>"


@pages.route(_ONE, methods=["GET"])
@desk(Right.READ_DOCUMENT)
def viewer(principal: Principal, receipt: str, document: str) -> Response:
    made, sent = services(), Sent.of_address(request.args)
    case = cases.read(made.db, made.settings, principal, receipt)
    found = documents.gallery(made.db, principal, case.receipt)
    place = next((at for at, each in enumerate(found) if each.document.id == document), None)
    if place is None:
        raise DocumentNotFound
    papers = [each.document for each in found]
    shown = papers[place]
    points = case_points.points(case, known_bureau_name(principal.bureau), papers)
    return page(
        "desk/document.html",
        case=case,
        shown=shown,
        place=place,
        found=found,
        papers=papers,
        points=[each for each in points if shown in each.documents],
        proves={
            each.id: [point.condition for point in points if each in point.documents]
            for each in papers
        },
        facts=[
            each
            for each in case_page.answers(case)
            if shown.paper in editions.papers_of_fields(case.notice, case.provision, [each.pointer])
        ],
        is_ready=shown.state is DocumentState.READY,
        **_leaf(principal, case.receipt, shown),
        turn=_asked("turn", _TURNS),
        turns=_TURNS,
        size=_asked("size", _SIZES),
        sizes=_SIZES,
        back=address(case.receipt, sent.query, sent.next),
        onward=tail(sent.query, sent.next).removeprefix("?"),
    )


@pages.route(f"{_ONE}/pages/<number>", methods=["GET"])
@desk(Right.READ_DOCUMENT)
def picture(principal: Principal, receipt: str, document: str, number: str) -> Response:
    made = services()
    drawn = looking.page_of_case(
        made.db, made.settings, principal, receipt, document, _sheet(number)
    )
    return files.send_picture(drawn.picture)


def _leaf(principal: Principal, receipt: str, shown: Document) -> dict[str, Any]:
    """The page of a PDF that is asked for, drawn already; or why it cannot be."""
    if shown.state is not DocumentState.READY or shown.kind is not FileKind.PDF:
        return {"leaf": None, "undrawn": ""}
    made, sheet = services(), _sheet(request.args.get("page", ""))
    try:
        leaf = looking.page_of_case(made.db, made.settings, principal, receipt, shown.id, sheet)
    except (PageNotDrawn, DrawingBusy, StoreAway) as refused:
        return {"leaf": None, "undrawn": refused.detail}
    return {"leaf": leaf, "undrawn": ""}


def _sheet(number: str) -> Sheet:
    """As the address asks."""
    return Sheet(
        number=whole_number(number) or 1,
        longest=SIDES[min(_asked("size", _SIZES), len(SIDES) - 1)],
        turn=int(_TURNS[_asked("turn", _TURNS)]),
    )


def _asked(name: str, choices: tuple[str, ...]) -> int:
    """Which of the choices the address asks for; else the first."""
    given = request.args.get(name, "")
    return choices.index(given) if given in choices else 0
