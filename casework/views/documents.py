"""What was handed in, as the applicant and as the bureaus of the case see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from casework.docket import desk, supplement_asked, trail
from casework.docket.desk import Case
from casework.documents import handing_in, page_drawing, reuse, rows
from casework.documents.errors import DocumentNotFound, NotReadable
from casework.documents.handing_in import Holder
from casework.documents.opened import Opened, open_stored, read_stored
from casework.documents.page_drawing import DrawnPage, Wanted
from casework.documents.reuse import Source
from casework.documents.rows import Sealed
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from schemas.documents import Document, Documents, Paper
from store.db import Database
from vocabulary.documents import MOST_BYTES, MOST_DOCUMENTS, DocumentState, FileKind
from vocabulary.events import EventType


class Earlier(NamedTuple):
    """A file of another application; `receipt`: of which."""

    receipt: str
    document: Document


class Sheet(NamedTuple):
    """How a page of a PDF is to be shown: which, how many pixels its longer side has, turned how
    far."""

    number: int
    longest: int
    turn: int


class Exhibit(NamedTuple):
    """A document of a case; `came`: how it came to the case."""

    document: Document
    came: str


def shown(document: rows.Document) -> Document:
    """A document as it is told."""
    return Document(
        id=document.handle,
        number=document.serial,
        paper=document.paper,
        name=document.name,
        state=document.state,
        state_text=document.state.label,
        size=document.size if document.stored_size is None else document.stored_size,
        received=document.received,
        kind=document.kind,
        pages=document.pages,
        thumbnail=document.has_thumbnail,
        filed=document.filed_at is not None,
        added_at=document.added_at,
    )


def of_holder(db: Database, settings: Settings, holder: Holder) -> Documents:
    """What to bring and what there is, for who files. Raises ApplicationNotFound, DraftNotFound."""
    with db.transaction() as conn:
        held = handing_in.hold(conn, settings, holder)
        found = rows.of_owner(conn, held.owner)
        asked = _asked(conn, held.case)
    listed = editions.papers(held.notice_id, held.provision)
    return _documents(listed, asked, found, is_open=held.is_taking)


def earlier(
    db: Database, settings: Settings, holder: Holder, sources: Sequence[Source]
) -> list[Earlier]:
    """What whoever files has handed in with other applications, and may use again here.

    Raises ApplicationNotFound, DraftNotFound.
    """
    found = reuse.offered(db, settings, holder, sources)
    return [Earlier(each.receipt, shown(each.document)) for each in found]


def of_case(db: Database, principal: Principal, receipt: str) -> Documents:
    """The same for a bureau of the case; that it was looked at is on the trail.

    Raises NotPermitted, CaseNotFound.
    """
    principal.require(Right.READ_DOCUMENT)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt)
        found = rows.of_owner(conn, handing_in.of_case(case))
        asked, is_open = _asked(conn, case), handing_in.takes(conn, case)
        trail.looked(conn, principal, EventType.ACCESS_DOCUMENTS_LISTED, [case.id])
    whole = [each for each in found if each.state is not DocumentState.RECEIVING]
    listed = editions.papers(case.notice_id, case.provision)
    return _documents(listed, asked, whole, is_open=is_open)


def open_of_case(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    handle: str,
    *,
    small: bool = False,
) -> Opened:
    """A document of a case, or its thumbnail; that it was looked at is on the trail first.

    Raises NotPermitted, CaseNotFound, DocumentNotFound, NotReadable, StoreAway.
    """
    principal.require(Right.READ_DOCUMENT)
    with db.transaction() as conn:
        case, document, sealed = _readable(conn, principal, receipt, handle)
        trail.looked(
            conn,
            principal,
            EventType.ACCESS_DOCUMENT_READ,
            [case.id],
            document=document.serial,
        )
    return open_stored(settings, document, sealed, stem=case.receipt, small=small)


def page_of_case(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    handle: str,
    sheet: Sheet,
) -> DrawnPage:
    """A page of a PDF of a case as a picture. Whoever turns its pages has it on the trail once.

    Raises as `open_of_case`; DocumentNotFound also for what is no PDF; PageNotDrawn, DrawingBusy.
    """
    principal.require(Right.READ_DOCUMENT)
    with db.transaction() as conn:
        case, document, sealed = _readable(conn, principal, receipt, handle)
        name = sealed.object
        if document.kind is not FileKind.PDF or name is None:
            raise DocumentNotFound
        trail.looked_at_document(conn, principal, case.id, document.serial)
    wanted = Wanted(name, sheet.number, sheet.longest, sheet.turn)
    return page_drawing.draw(wanted, lambda: read_stored(settings, sealed.key, name))


def _readable(
    conn: Connection, principal: Principal, receipt: str, handle: str
) -> tuple[Case, rows.Document, Sealed]:
    """A document of a case that can be opened. Raises CaseNotFound, DocumentNotFound,
    NotReadable."""
    case = desk.open_case(conn, principal, receipt)
    owner = handing_in.of_case(case)
    document = rows.find(conn, owner, handle)
    if document.state is DocumentState.RECEIVING:
        raise DocumentNotFound
    if document.state is not DocumentState.READY:
        raise NotReadable(document.state)
    return case, document, rows.sealed(conn, owner, handle)


def gallery(db: Database, principal: Principal, receipt: str) -> list[Exhibit]:
    """Every document of a case, and how it came; that they were looked at is on the trail.

    Raises NotPermitted, CaseNotFound.
    """
    principal.require(Right.READ_DOCUMENT)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt)
        found = rows.of_owner(conn, handing_in.of_case(case))
        received_at = conn.exec_driver_sql(
            "SELECT received_at FROM application WHERE id = %(id)s", {"id": case.id}
        ).scalar_one()
        trail.looked(conn, principal, EventType.ACCESS_DOCUMENTS_LISTED, [case.id])
    return [
        Exhibit(shown(each), _came(each, received_at))
        for each in found
        if each.state is not DocumentState.RECEIVING
    ]


def _came(document: rows.Document, received_at: datetime) -> str:
    if document.filed_at is None:
        return "申报单位补正，还没有提交"
    if document.added_at is None or document.added_at < received_at:
        return "申报单位随申报提交"
    # What answers a supplement waits for the answer; anything else is part of the case at once.
    return "申报单位补正" if document.added_at < document.filed_at else "申报单位另行提交"


class _Asked(NamedTuple):
    """Papers that have to be handed in, and those that help to settle what is open."""

    wanted: Collection[str] = ()
    unsettled: Collection[str] = ()


def _asked(conn: Connection, case: Case | None) -> _Asked:
    if case is None:
        return _Asked()
    return _Asked(
        supplement_asked.wanted_papers(conn, case), supplement_asked.unsettled_papers(conn, case)
    )


def _documents(
    listed: Sequence[str], asked: _Asked, found: Sequence[rows.Document], *, is_open: bool
) -> Documents:
    # What is asked for stands first.
    order = sorted(listed, key=lambda each: (each not in asked.wanted, each not in asked.unsettled))
    return Documents(
        papers=[
            Paper(
                paper=paper,
                wanted=paper in asked.wanted,
                unsettled=paper in asked.unsettled,
                documents=sum(each.paper == paper and each.state.is_handed_in for each in found),
            )
            for paper in order
        ],
        items=[shown(each) for each in found],
        open=is_open,
        most_documents=MOST_DOCUMENTS,
        most_bytes=MOST_BYTES,
    )
