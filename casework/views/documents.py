"""What was handed in, as the applicant and as the bureaus of the case see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from casework.docket import desk, supplement_asked, trail
from casework.docket.desk import Case
from casework.documents import handing_in, looking, reuse, rows
from casework.documents.handing_in import Holder
from casework.documents.reuse import Source
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from schemas.documents import Document, Documents, Paper
from store.db import Database
from vocabulary.documents import MOST_BYTES, MOST_DOCUMENTS, DocumentState
from vocabulary.events import EventType


class Earlier(NamedTuple):
    """A file of another application; `receipt`: of which."""

    receipt: str
    document: Document


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
        Exhibit(shown(each), looking.came(each, received_at))
        for each in found
        if each.state is not DocumentState.RECEIVING
    ]


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
