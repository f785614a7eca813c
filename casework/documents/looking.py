"""A bureau looks at a document of its case: the file, its thumbnail, or a page of it as a picture.
That it was looked at is on the trail first."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from casework.docket import desk, trail
from casework.docket.desk import Case
from casework.documents import handing_in, page_drawing, rows
from casework.documents.errors import DocumentNotFound, NotReadable
from casework.documents.opened import Opened, open_stored, read_stored
from casework.documents.page_drawing import DrawnPage, Wanted
from casework.documents.rows import Document, Sealed
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.documents import DocumentState, FileKind
from vocabulary.events import EventType


class Sheet(NamedTuple):
    """How a page of a PDF is to be shown: which, how many pixels its longer side has, turned how
    far."""

    number: int
    longest: int
    turn: int


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
) -> tuple[Case, Document, Sealed]:
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


def came(document: Document, received_at: datetime) -> str:
    """How a document came to the application that was received at that time."""
    if document.filed_at is None:
        return "申报单位补正，还没有提交"
    if document.added_at is None or document.added_at < received_at:
        return "申报单位随申报提交"
    # What answers a supplement waits for the answer; anything else is part of the case at once.
    return "申报单位补正" if document.added_at < document.filed_at else "申报单位另行提交"
