"""Files that are used again: what an enterprise has filed with one application goes with another.

Offered to whoever may read the earlier application as its own, a login of the enterprise or who
holds its code, where it is known that the enterprise itself filed it; for the same credit code and
nobody else's. Nothing is copied: one stored file belongs to both, and goes when the last of them
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework.docket import desk
from casework.documents import handing_in, rows
from casework.documents.handing_in import ByCode, Held, Holder
from casework.documents.rows import Document
from casework.errors import ApplicationNotFound
from casework.intake import drafts
from casework.notices import editions
from config.settings import Settings
from store import predicates
from store.db import Database
from vocabulary.documents import MOST_DOCUMENTS
from vocabulary.receipts import parse

_USCC: Final = "/enterprise/uscc"
_OF_ENTERPRISE: Final = (
    f"SELECT a.id, a.receipt FROM application AS a WHERE a.uscc = %(uscc)s AND {predicates.ASSURED}"  # noqa: S608
    " AND a.purged_at IS NULL AND NOT a.is_trial ORDER BY a.id DESC LIMIT 100"
)
_OF_CODE: Final = (
    "SELECT a.id, a.receipt FROM application AS a WHERE a.receipt = %(receipt)s"  # noqa: S608
    f" AND a.uscc = %(uscc)s AND {predicates.ASSURED} AND a.purged_at IS NULL AND NOT a.is_trial"
)


class OfEnterprise(NamedTuple):
    """Every application that an enterprise is known to have filed; it has logged in."""

    uscc: str


Source = OfEnterprise | ByCode
"""Whose files: an enterprise's, or those of one application whose code is held."""


class Offered(NamedTuple):
    """A file that can be used again; `receipt`: of the application that it was filed with."""

    receipt: str
    document: Document


def offered(
    db: Database, settings: Settings, holder: Holder, sources: Sequence[Source]
) -> list[Offered]:
    """What can be used again, the newest first. Raises ApplicationNotFound, DraftNotFound."""
    if not sources:
        return []
    with db.transaction() as conn:
        return _offered(conn, settings, handing_in.hold(conn, settings, holder), sources)


def use(
    db: Database, settings: Settings, holder: Holder, sources: Sequence[Source], handle: str
) -> bool:
    """Hand one of them in. Whether it was offered: what is there already is not.

    Raises ApplicationNotFound, DraftNotFound, NotTaken, DraftFrozen, TooManyDocuments,
    DocumentNotFound.
    """
    with db.transaction() as conn:
        held = handing_in.taking(conn, settings, holder)
        found = _offered(conn, settings, held, sources)
        wanted = next((each.document for each in found if each.document.handle == handle), None)
        if wanted is None:
            return False
        made = rows.repeat(conn, held.owner, wanted, filed=held.files_at_once)
        handing_in.note_added(conn, held.case, made)
    return True


def of_others(db: Database, settings: Settings, holder: Holder, uscc: str | None) -> list[Document]:
    """What the holder uses again of another enterprise than the one that is about to file, as where
    the credit code was changed afterwards. Raises ApplicationNotFound, DraftNotFound."""
    with db.transaction() as conn:
        return rows.foreign(conn, handing_in.hold(conn, settings, holder).owner, uscc)


def _offered(
    conn: Connection, settings: Settings, held: Held, sources: Sequence[Source]
) -> list[Offered]:
    uscc = _enterprise(conn, held)
    receipts = {
        row.id: row.receipt
        for source in sources
        for row in (_applications(conn, settings, source, uscc) if uscc else ())
    }
    if held.case is not None:
        receipts.pop(held.case.id, None)
    if not receipts:
        return []
    papers = editions.papers(held.notice_id, held.provision)
    seen = {(each.file_id, each.paper) for each in rows.of_owner(conn, held.owner)}
    found = []
    for each in rows.filed_with(conn, tuple(receipts), MOST_DOCUMENTS):
        known = (each.file_id, each.paper)
        if each.paper in papers and known not in seen and each.application_id is not None:
            seen.add(known)
            found.append(Offered(receipts[each.application_id], each))
    return found


def _enterprise(conn: Connection, held: Held) -> str | None:
    """Who is filing: what a draft says, or the enterprise whose login opened an application."""
    if held.case is None:
        return drafts.typed_of(conn, held.owner.id).get(_USCC, "").strip().upper()
    return held.case.enterprise.get("uscc") if held.case.by_login else None


def _applications(
    conn: Connection, settings: Settings, source: Source, uscc: str
) -> Sequence[Row[Any]]:
    if isinstance(source, OfEnterprise):
        is_own = source.uscc == uscc
        return conn.exec_driver_sql(_OF_ENTERPRISE, {"uscc": uscc}).all() if is_own else ()
    with suppress(ApplicationNotFound):
        desk.require_code(conn, settings, *source)
        return conn.exec_driver_sql(
            _OF_CODE, {"receipt": parse(source.receipt), "uscc": uscc}
        ).all()
    return ()
