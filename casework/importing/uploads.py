"""A window's clerk uploads a table: it is checked, row by row, before anything is filed; then it is
filed as `wenqi import` does; receipts and refused rows can be fetched for some days.

A table, with all that was made of it, is shown to who uploaded it and to nobody else. The work is
done by workers (:mod:`casework.importing.upload_work`), so that a closed browser ends nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from sqlalchemy import Connection

from casework.docket import trail
from casework.errors import Conflict, Invalid, NotFound
from casework.importing import receipts, upload_rows
from casework.importing.receipts import Receipt
from casework.importing.upload_rows import Upload
from casework.notices import editions
from casework.tables.sources import BOOKS, TEXTS
from config.settings import Settings
from store import ledger
from store.db import Database, take_turns
from store.encoding import to_json
from vocabulary.events import EventType
from vocabulary.identity import IdentityLevel
from vocabulary.imports import ImportPart, ImportState
from vocabulary.work import Stage

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ROWS: Final = 5000
"""Rows of a table that is uploaded; a longer one is filed with `wenqi import`, or in parts."""
MOST_OWN: Final = 20
"""Tables of one person that are kept at the same time."""
KEPT_DAYS: Final = 7
_PIECE: Final = 64 * 1024
_LONGEST_NAME: Final = 120


class UploadNotFound(NotFound):
    """No such table of this person, or its days are over."""

    code = "import_not_found"
    title = "没有找到这张表"
    message = f"没有找到这张表。上传的表只有上传的人能看，{KEPT_DAYS}天后自动删除。"


class UploadRefused(Invalid):
    """It is no table that can be uploaded; the message says why. `pointer`: the form's field."""

    code = "import_refused"
    title = "这个文件不能上传"
    message = "这个文件不能上传。"

    def __init__(self, detail: str, pointer: str = "/table") -> None:
        super().__init__(detail)
        self.pointer = pointer


class NotToBeFiled(Conflict):
    """The table is not checked yet, is being filed, or has nothing that can be filed."""

    code = "import_not_ready"
    title = "这张表现在不能受理"
    message = "这张表还没有核对完，或正在受理，或没有可以受理的行。"


class TooManyUploads(Conflict):
    """So many tables of one person are kept already."""

    code = "too_many_imports"
    title = "上传的表过多"
    message = f"您有{MOST_OWN}张表还留着，请先删除用完的。"


@dataclass(frozen=True, slots=True)
class LookedRow:
    """A row as it was checked. `where`: as a spreadsheet numbers it; `receipt`: of what had been
    accepted before; `why`: what is wrong with it."""

    where: str
    name: str
    receipt: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a table. `said`: what concerns it as a whole."""

    rows: Sequence[LookedRow] = ()
    said: Sequence[str] = field(default=())


def add(
    db: Database,
    settings: Settings,
    *,
    bureau: str,
    actor: str,
    name: str,
    read: Callable[[int], bytes],
    vouched: IdentityLevel,
    provision: str | None,
) -> int:
    """Take a table in and have it checked. Returns its number.

    `read` gives at most so many bytes, none at the end. Raises UploadRefused, TooManyUploads.
    """
    base = PurePath(name.replace("\\", "/")).name[-_LONGEST_NAME:]
    if PurePath(base).suffix.lower() not in (*BOOKS, *TEXTS):
        raise UploadRefused("请选择 Excel 工作簿（.xlsx）或 CSV 文件。")
    if provision is not None and provision not in _forms(settings):
        raise UploadRefused("没有这一条款。", "/provision")
    content = bytearray()
    while piece := read(_PIECE):
        content += piece
        if len(content) > MOST_BYTES:
            raise UploadRefused(f"文件超过{MOST_BYTES // 1024 // 1024} MB，请分成几个文件。")
    if not content:
        raise UploadRefused("没有选择文件，或文件是空的。")
    with db.transaction() as conn:
        take_turns(conn, f"import {actor}")
        if len(upload_rows.every_own(conn, actor, MOST_OWN)) >= MOST_OWN:
            raise TooManyUploads
        columns = {
            "bureau": bureau,
            "actor": actor,
            "name": base,
            "bytes": len(content),
            "provision": provision,
            "vouched": vouched.value,
        }
        number, key, expires_at = upload_rows.insert(conn, columns, KEPT_DAYS)
        upload_rows.write_part(conn, number, key, ImportPart.TABLE, [bytes(content)])
        ledger.add(conn, Stage.IMPORT, [(number, None), (number, expires_at)])
    return number


def list_own(db: Database, actor: str) -> list[Upload]:
    """The tables that somebody has uploaded, the newest first."""
    with db.statement() as conn:
        return upload_rows.every_own(conn, actor, MOST_OWN)


def read(db: Database, actor: str, number: int) -> tuple[Upload, Look]:
    """A table and what was found in it so far. Raises UploadNotFound."""
    with db.transaction() as conn:
        upload = _own(conn, actor, number)
    return upload, looked(db, upload)


def looked(db: Database, upload: Upload) -> Look:
    """What was found in a table."""
    if ImportPart.LOOKED not in upload.parts:
        return Look()
    stored = json.loads(b"".join(_part(db, upload, ImportPart.LOOKED)))
    return Look([LookedRow(*row) for row in stored["rows"]], stored["said"])


def written(look: Look) -> list[bytes]:
    """A look as its part holds it."""
    rows = [[row.where, row.name, row.receipt, row.why] for row in look.rows]
    return [to_json({"rows": rows, "said": list(look.said)}).encode()]


def start(db: Database, actor: str, number: int) -> None:
    """Have the rows filed that can be; of one that was filed before, its receipt is shown again.

    Raises UploadNotFound, NotToBeFiled.
    """
    with db.transaction() as conn:
        upload = _own(conn, actor, number)
        if upload.state is not ImportState.CHECKED or not upload.fit + upload.known:
            raise NotToBeFiled
        upload_rows.update(conn, number, state=ImportState.FILING.value, read_bytes=0)
        ledger.add(conn, Stage.IMPORT, [(number, None)])


def discard(db: Database, actor: str, number: int) -> None:
    """Take a table away with all that was made of it; what was filed stays filed.

    Raises UploadNotFound, NotToBeFiled while it is being filed.
    """
    with db.transaction() as conn:
        upload = _own(conn, actor, number)
        if upload.state is ImportState.FILING and not upload.is_stuck:
            raise NotToBeFiled
        remove(conn, number)


def remove(conn: Connection, number: int) -> None:
    """Take a table away; whatever waits about it finds nothing."""
    conn.exec_driver_sql("DELETE FROM import_upload WHERE id = %(id)s", {"id": number})


def receipts_of(db: Database, actor: str, number: int) -> tuple[Upload, list[Receipt]]:
    """The receipts with their codes; a look at each case. Raises UploadNotFound."""
    with db.transaction() as conn:
        upload = _own(conn, actor, number)
        if ImportPart.RECEIPTS not in upload.parts:
            raise UploadNotFound
    found = receipts.parse(b"".join(_part(db, upload, ImportPart.RECEIPTS)))
    with db.transaction() as conn:
        name_cases(conn, upload, EventType.ACCESS_RECEIPTS_READ, found)
    return upload, found


def open_part(db: Database, actor: str, number: int, part: ImportPart) -> tuple[str, bytes]:
    """A file to download: its name and content. Raises UploadNotFound."""
    with db.transaction() as conn:
        upload = _own(conn, actor, number)
    if part not in (ImportPart.RECEIPTS, ImportPart.REJECTS) or part not in upload.parts:
        raise UploadNotFound
    if part is ImportPart.RECEIPTS:
        receipts_of(db, actor, number)
    content = b"".join(_part(db, upload, part))
    suffix = ".xlsx" if content.startswith(b"PK") else receipts.SUFFIX
    return f"{PurePath(upload.name).stem}.{part.value}{suffix}", content


def name_cases(conn: Connection, upload: Upload, kind: EventType, named: Sequence[Receipt]) -> None:
    """Write on the trail of each case what its uploader did."""
    cases = conn.exec_driver_sql(
        "SELECT id FROM application WHERE receipt = ANY(%(receipts)s)",
        {"receipts": [each.receipt for each in named]},
    ).scalars()
    trail.write(conn, trail.look(upload.bureau, upload.uploaded_by, kind, cases.all()))


def _part(db: Database, upload: Upload, part: ImportPart) -> Iterator[bytes]:
    return upload_rows.read_part(db, upload.id, upload.key, part)


def _own(conn: Connection, actor: str, number: int) -> Upload:
    upload = upload_rows.own(conn, actor, number)
    if upload is None:
        raise UploadNotFound
    return upload


def _forms(settings: Settings) -> Mapping[str, object]:
    offered = editions.forms_of(settings)(None)
    return {} if offered is None else offered.forms
