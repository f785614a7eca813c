"""What whoever files hands in: begin a file, send its pieces, look at it, take it back.

The holder of an access code acts for an application, the holder of a resume code for a draft; a
document of either is nobody else's, whatever handle is guessed.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Connection

from casework.docket import desk
from casework.docket.desk import Case
from casework.documents import names, rows, stores, uploads
from casework.documents.errors import (
    DocumentFiled,
    DocumentRefused,
    NotReadable,
    NotTaken,
    PaperUnknown,
)
from casework.documents.opened import Opened, open_stored
from casework.documents.rows import Document, Owner
from casework.documents.uploads import Read
from casework.errors import NotFound
from casework.intake import drafts
from casework.intake.drafts import DraftFrozen
from casework.notices import editions
from config.settings import Settings
from store.db import Database
from vocabulary.cases import State
from vocabulary.documents import LONGEST_NAME, MOST_BYTES, DocumentState, FileRefusal
from vocabulary.events import EventType
from vocabulary.parties import Actor

log = structlog.get_logger(__name__)


class ByCode(NamedTuple):
    """Who holds an application's access code."""

    receipt: str
    access_code: str


class ByDraft(NamedTuple):
    """Who holds a draft's resume code."""

    code: str


Holder = ByCode | ByDraft


@dataclass(frozen=True, slots=True)
class Held:
    """What the holder holds, locked. `case`: None for a draft; `stem`: what names begin with."""

    owner: Owner
    notice_id: str
    provision: str
    case: Case | None
    stem: str
    is_taking: bool

    @property
    def files_at_once(self) -> bool:
        """Whether what is handed in is part of the application at once: of a draft it is with its
        submit, of a supplement with its answer."""
        return self.case is not None and self.case.state is not State.AWAITING_SUPPLEMENT


def handed_in(db: Database, settings: Settings, holder: Holder) -> list[Document]:
    """Every document of the holder's. Raises ApplicationNotFound, DraftNotFound."""
    with db.transaction() as conn:
        return rows.of_owner(conn, hold(conn, settings, holder).owner)


def begin(
    db: Database, settings: Settings, holder: Holder, *, paper: str, name: str, size: int
) -> Document:
    """Announce a file. Nothing of it has been received yet.

    Raises ApplicationNotFound, DraftNotFound, NotTaken, DraftFrozen, PaperUnknown,
    DocumentRefused (too large, empty), TooManyDocuments.
    """
    if size > MOST_BYTES:
        raise DocumentRefused(FileRefusal.TOO_LARGE)
    if size <= 0:
        raise DocumentRefused(FileRefusal.EMPTY)
    with db.transaction() as conn:
        held = taking(conn, settings, holder)
        if paper not in editions.papers(held.notice_id, held.provision):
            raise PaperUnknown
        return rows.begin(conn, held.owner, paper, names.plain(name)[:LONGEST_NAME], size)


def unfinished(
    db: Database, settings: Settings, holder: Holder, *, paper: str, name: str, size: int
) -> tuple[Document, str] | None:
    """The file of this paper, name and size that was begun before and has come furthest, with the
    SHA-256 of what there is of it: whoever has the same bytes sends the rest alone.

    Raises ApplicationNotFound, DraftNotFound, NotTaken, DraftFrozen, DocumentsBusy, StoreAway.
    """
    with db.transaction() as conn:
        owner = taking(conn, settings, holder).owner
        wanted = (DocumentState.RECEIVING, paper, names.plain(name)[:LONGEST_NAME], size)
        begun = [
            each
            for each in rows.of_owner(conn, owner)
            if (each.state, each.paper, each.name, each.size) == wanted and each.received
        ]
        if not begun:
            return None
        found = max(begun, key=lambda each: each.received)
        key = rows.sealed(conn, owner, found.handle).key
    store = stores.open_store(settings.documents)
    try:
        return found, uploads.digest(store, found, key)
    except DocumentRefused:
        _forget(db, store, owner, found.handle)
        return None


def standing(db: Database, settings: Settings, holder: Holder, handle: str) -> Document:
    """How far one of them has come. Raises ApplicationNotFound, DraftNotFound, DocumentNotFound."""
    with db.transaction() as conn:
        return rows.find(conn, hold(conn, settings, holder).owner, handle)


def receive(
    db: Database,
    settings: Settings,
    holder: Holder,
    handle: str,
    offset: int,
    read: Read,
    *,
    once: bool = False,
) -> Document:
    """Take what is sent of a file from an offset on; the last piece makes it whole, and then it is
    read and stored. One that has been stored already is told as it stands.

    `once`: one that is there already as the same paper stays the only one, and is told. Raises as
    `begin`, DocumentNotFound, WrongOffset, DocumentsBusy, StoreAway; DocumentRefused
    forgets the file.
    """
    with db.transaction() as conn:
        held = taking(conn, settings, holder)
        document = rows.find(conn, held.owner, handle)
        if document.state is not DocumentState.RECEIVING:
            return document
        key = rows.sealed(conn, held.owner, handle).key
    store = stores.open_store(settings.documents)
    try:
        received = uploads.receive(db, store, document, key, offset, read)
        with db.transaction() as conn:
            document = rows.find(conn, held.owner, handle)
        if received < document.size or document.state is not DocumentState.RECEIVING:
            return document
        placed = uploads.place(db, store, held.owner, document, key)
    except DocumentRefused:
        _forget(db, store, held.owner, handle)
        raise
    kept, stays = _attach(db, settings, holder, document, placed, once=once)
    uploads.forget(store, document, *(() if kept else (placed.object, placed.thumbnail)))
    log.info("document.added", kind=placed.read.kind.value, bytes=placed.read.size)
    return standing(db, settings, holder, stays)


def take(
    db: Database, settings: Settings, holder: Holder, *, paper: str, name: str, read: Read
) -> Document:
    """Take a whole file whose size shows at its end only, as a form brings it. One that is there
    already as the same paper stays the only one, so that a form sent twice adds nothing.

    Raises as `begin` and `receive`; whatever is wrong, nothing of the file is kept.
    """
    begun = begin(db, settings, holder, paper=paper, name=name, size=MOST_BYTES)
    try:
        return _take(db, settings, holder, begun, read)
    except BaseException:
        _give_up(db, settings, holder, begun.handle)
        raise


def _take(
    db: Database, settings: Settings, holder: Holder, begun: Document, read: Read
) -> Document:
    with db.transaction() as conn:
        owner = taking(conn, settings, holder).owner
        key = rows.sealed(conn, owner, begun.handle).key
    store = stores.open_store(settings.documents)
    received = uploads.receive(db, store, begun, key, 0, read)
    if not received:
        raise DocumentRefused(FileRefusal.EMPTY)
    with db.transaction() as conn:
        rows.end(conn, begun)
    return receive(db, settings, holder, begun.handle, received, lambda _: b"", once=True)


def _give_up(db: Database, settings: Settings, holder: Holder, handle: str) -> None:
    with suppress(NotFound):
        with db.transaction() as conn:
            owner = hold(conn, settings, holder).owner
        _forget(db, stores.open_store(settings.documents), owner, handle)


def remove(db: Database, settings: Settings, holder: Holder, handle: str) -> None:
    """Take a document back that is not part of what was filed.

    Raises ApplicationNotFound, DraftNotFound, DraftFrozen, DocumentNotFound, DocumentFiled.
    """
    with db.transaction() as conn:
        held = hold(conn, settings, holder)
        if held.case is None and not held.is_taking:
            raise DraftFrozen
        document = rows.find(conn, held.owner, handle)
        if document.filed_at is not None:
            raise DocumentFiled
        rows.remove(conn, document)
    uploads.forget(stores.open_store(settings.documents), document)


def opened(
    db: Database, settings: Settings, holder: Holder, handle: str, *, small: bool = False
) -> Opened:
    """A document, or its thumbnail, to be read in pieces.

    Raises ApplicationNotFound, DraftNotFound, DocumentNotFound, NotReadable, StoreAway.
    """
    with db.transaction() as conn:
        held = hold(conn, settings, holder)
        document = rows.find(conn, held.owner, handle)
        if document.state is not DocumentState.READY:
            raise NotReadable(document.state)
        sealed = rows.sealed(conn, held.owner, handle)
    return open_stored(settings, document, sealed, stem=held.stem, small=small)


def move(db: Database, settings: Settings, code: str, receipt: str, access_code: str) -> int:
    """What was handed in with a draft goes with what was filed from it. Again, nothing is left to
    move. Returns how many.

    Raises DraftNotFound, ApplicationNotFound.
    """
    with db.transaction() as conn:
        draft = drafts.identify(conn, settings, code)
        case = desk.open_own(conn, settings, receipt, access_code)
        return move_to(conn, draft.id, case)


def move_to(conn: Connection, draft: int, case: Case) -> int:
    """The same, of a draft and a case that are locked."""
    # Of a file that never arrived there is nothing to file.
    conn.exec_driver_sql(
        "DELETE FROM document WHERE draft_id = %(draft)s AND file_id IS NULL", {"draft": draft}
    )
    moved = (
        conn.exec_driver_sql(
            "WITH moved AS (UPDATE document SET application_id = %(id)s, draft_id = NULL,"
            " filed_at = app_now(),"
            " serial = serial + (SELECT coalesce(max(serial), 0) FROM document"
            "  WHERE application_id = %(id)s)"
            " WHERE draft_id = %(draft)s RETURNING handle, serial)"
            " SELECT handle FROM moved ORDER BY serial",
            {"id": case.id, "draft": draft},
        )
        .scalars()
        .all()
    )
    owner = of_case(case)
    for handle in moved:
        note_added(conn, case, rows.find(conn, owner, handle))
    return len(moved)


def _attach(
    db: Database,
    settings: Settings,
    holder: Holder,
    document: Document,
    placed: uploads.Placed,
    *,
    once: bool,
) -> tuple[bool, str]:
    """Whether what was placed is kept, not where somebody else was faster; and the handle of the
    document that stays."""
    with db.transaction() as conn:
        held = taking(conn, settings, holder)
        now = rows.find(conn, held.owner, document.handle)
        if now.state is not DocumentState.RECEIVING:
            return False, now.handle
        kept = uploads.attach(conn, settings, now, placed, filed=held.files_at_once)
        earlier = rows.twin(conn, held.owner, now) if once else None
        if earlier is not None:
            rows.remove(conn, now)
        else:
            note_added(conn, held.case, now)
    return kept, earlier or now.handle


def note_added(conn: Connection, case: Case | None, document: Document) -> None:
    """Of an application it is an event; of a draft there is none."""
    if case is not None:
        kind, actor = EventType.DOCUMENT_ADDED, Actor.APPLICANT
        desk.note(conn, case, kind, actor, document=document.serial)


def _forget(db: Database, store: stores.Store, owner: Owner, handle: str) -> None:
    with db.transaction() as conn:
        document = rows.find(conn, owner, handle)
        if document.state is DocumentState.RECEIVING:
            rows.remove(conn, document)
    uploads.forget(store, document)


def taking(conn: Connection, settings: Settings, holder: Holder) -> Held:
    """What the holder holds, locked. Raises as `hold`; NotTaken, DraftFrozen."""
    held = hold(conn, settings, holder)
    if not held.is_taking:
        raise DraftFrozen if held.case is None else NotTaken
    return held


def hold(conn: Connection, settings: Settings, holder: Holder) -> Held:
    """What the holder holds, locked. Raises ApplicationNotFound, DraftNotFound."""
    if isinstance(holder, ByDraft):
        draft = drafts.identify(conn, settings, holder.code)
        owner = Owner("draft_id", draft.id, f"draft:{draft.id}")
        return Held(
            owner, draft.notice_id, draft.provision, None, _DRAFT, is_taking=not draft.is_frozen
        )
    case = desk.open_own(conn, settings, holder.receipt, holder.access_code)
    is_taking = takes(conn, case)
    return Held(
        of_case(case), case.notice_id, case.provision, case, case.receipt, is_taking=is_taking
    )


def takes(conn: Connection, case: Case) -> bool:
    """Whether files can be handed in with it still."""
    is_purged: bool = conn.exec_driver_sql(
        "SELECT purged_at IS NOT NULL FROM application WHERE id = %(id)s", {"id": case.id}
    ).scalar_one()
    return not case.state.is_over and not is_purged


def of_case(case: Case) -> Owner:
    """An application as the owner of documents."""
    uscc = case.enterprise.get("uscc") if case.is_assured else None
    return Owner("application_id", case.id, f"uscc:{uscc}" if uscc else f"application:{case.id}")


_DRAFT: Final = "草稿"
