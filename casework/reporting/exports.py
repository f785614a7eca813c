"""Exports of cases: asked for, made by a worker, fetched, cleared away.

The files themselves are made in `casework.reporting.export_files`.

Whoever asks is given a download address with a secret, once. The secret opens this one file until
it expires; that it was opened is an event, as every look at personal data is.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework import events
from casework.errors import Conflict, Invalid, NotFound
from casework.events import NewEvent
from casework.people import access
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import credentials
from casework.personal.networks import network_of
from casework.reporting import sheets
from casework.reporting.scope import Scope
from config.settings import Settings
from schemas.exports import Export, NewExport
from store import ledger
from store.db import Database, take_turns
from vocabulary.events import EventType
from vocabulary.exports import ExportFormat, ExportState
from vocabulary.work import Stage
from vocabulary.zone import CHINA

MOST_NAMED: Final = 100_000
"""Cases of a list that are named one by one; filters of the API's exports have no such bound."""
MOST_PENDING: Final = 3
"""Unfinished exports of one person or system at most."""
_SECRET_BYTES: Final = 32


class ExportNotFound(NotFound):
    """No such export of this person, or the secret opens no file, or not any more."""

    code = "export_not_found"
    title = "没有找到该导出文件"
    message = "没有找到该导出文件，或尚未生成，或已过期。"


class TooManyExports(Conflict):
    """The caller has several exports under way already."""

    code = "too_many_exports"
    title = "未完成的导出过多"
    message = "您有多份导出尚未完成，请稍后再试。"


class ListTooLong(Invalid):
    """More cases than can be named one by one."""

    code = "list_too_long"
    title = "件数过多"
    message = f"一次最多导出{MOST_NAMED}件，请缩小筛选范围，例如分几段受理日期。"


@dataclass(frozen=True, slots=True)
class Download:
    """A finished file. `size` in bytes; `pieces` reads it bit by bit from the database."""

    filename: str
    media_type: str
    size: int
    pieces: Iterator[bytes]


def request(
    db: Database,
    settings: Settings,
    principal: Principal,
    scope: Scope,
    kind: str,
    cases: Sequence[int] | None = None,
    columns: Sequence[str] | None = None,
) -> NewExport:
    """Ask for an export. Its download address holds a secret, shown this once.

    Whose cases: see :func:`casework.reporting.scope.bureau_for`; `cases`: these alone, in this
    order; `columns`: what is told of each (:class:`ExportColumn`), None for all.
    Raises NotPermitted, TooManyExports, ListTooLong.
    """
    principal.require(Right.EXPORT)
    if cases is not None and len(cases) > MOST_NAMED:
        raise ListTooLong
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with db.transaction() as conn:
        # One after the other per person, so that the count below is right.
        take_turns(conn, f"export {principal.actor}")
        pending = conn.exec_driver_sql(
            f"SELECT count(*) FROM export AS x WHERE requested_by = %(actor)s"  # noqa: S608 -- fixed
            f" AND state = 'pending' AND NOT {_DEAD}",
            {"actor": principal.actor},
        ).scalar_one()
        if pending >= MOST_PENDING:
            raise TooManyExports
        filters = json.dumps(scope.document(), ensure_ascii=False)
        export_id: int = conn.exec_driver_sql(
            "INSERT INTO export (requested_by, bureau, filters, format, secret_hash, requested_at,"
            " token_id, cases, columns)"
            " VALUES (%(actor)s, %(bureau)s, %(filters)s::jsonb, %(format)s, %(hash)s, app_now(),"
            " %(token)s, %(cases)s::bigint[], %(columns)s::text[]) RETURNING id",
            {
                "actor": principal.actor,
                "bureau": scope.bureau,
                "token": principal.token,
                "cases": None if cases is None else list(cases),
                "columns": None if columns is None else list(columns),
                "filters": filters,
                "format": ExportFormat(kind).value,
                "hash": credentials.download_hash(settings.require_secret_key(), secret),
            },
        ).scalar_one()
        note(
            conn,
            EventType.ACCESS_EXPORT_REQUESTED,
            principal.actor,
            export_id,
            filters=scope.document(),
        )
        ledger.add(conn, Stage.EXPORT, [(export_id, None)])
    base = f"{settings.public_url}/api/v1"
    return NewExport(
        id=export_id,
        state=ExportState.PENDING,
        count=None if cases is None else len(cases),
        status_url=f"{base}/exports/{export_id}",
        download_url=f"{base}/downloads/{secret}",
    )


def read(db: Database, principal: Principal, export_id: int) -> Export:
    """How far an export of one's own has come. Raises NotPermitted, ExportNotFound."""
    principal.require(Right.EXPORT)
    with db.statement() as conn:
        found = conn.exec_driver_sql(
            "SELECT x.id, x.format, x.filters, x.rows, x.bytes, x.requested_at, x.ready_at,"  # noqa: S608 -- fixed
            f" x.expires_at, CASE WHEN x.state = 'pending' AND {_DEAD} THEN 'failed'"
            "  WHEN x.state = 'ready' AND x.expires_at <= app_now() THEN 'expired'"
            "  ELSE x.state END AS state"
            " FROM export AS x WHERE x.id = %(id)s AND x.requested_by = %(actor)s",
            {"id": export_id, "actor": principal.actor},
        )
        row = found.mappings().one_or_none()
    if row is None:
        raise ExportNotFound
    return Export(**row)


def open_download(
    db: Database, settings: Settings, secret: str, address: str | None = None
) -> Download:
    """The finished file that a secret opens; that it was opened is an event, which says from which
    network: whoever has the link may have sent it on. `address`: who asks.

    Raises ExportNotFound for an unknown secret, for a file not ready or not there any more, and
    where whoever asked for it could not ask for it now.
    """
    with db.transaction() as conn:
        row = conn.exec_driver_sql(
            "SELECT id, format, rows, bytes, requested_at, requested_by, bureau, token_id"
            " FROM export WHERE secret_hash = ANY(%(hashes)s) AND state = 'ready'"
            " AND expires_at > app_now()",
            {"hashes": credentials.download_hashes(settings.require_secret_key(), secret)},
        ).one_or_none()
        if row is None or not _may_still(conn, row):
            raise ExportNotFound
        seen = network_of(address) if address else None
        asked = {"address": seen} if seen else {}
        note(conn, EventType.ACCESS_EXPORT_DOWNLOADED, row.requested_by, row.id, **asked)
    kind = ExportFormat(row.format)
    return Download(
        filename=f"wenqi-{row.requested_at.astimezone(CHINA):%Y-%m-%d}-{row.id}-{row.rows}rows.{kind.value}",
        media_type=sheets.MEDIA_TYPES[kind],
        size=row.bytes,
        pieces=_pieces(db, row.id),
    )


def _may_still(conn: Connection, row: Row[Any]) -> bool:
    maker = access.maker(conn, row.requested_by, row.token_id)
    return (
        maker is not None
        and maker.may(Right.EXPORT)
        and (row.bureau == maker.bureau or maker.may(Right.ALL_BUREAUS))
    )


def note(conn: Connection, kind: EventType, actor: str, export_id: int, **data: object) -> None:
    """Write an event about an export."""
    events.write(conn, [NewEvent(kind, actor, data={"export": export_id, **data})])


# An export nobody will try to make again by itself.
_DEAD: Final = (
    "EXISTS (SELECT FROM work_item AS w WHERE w.dead_at IS NOT NULL AND w.stage = 'export'"
    " AND w.subject_id = x.id)"
)


def _pieces(db: Database, export_id: int) -> Iterator[bytes]:
    """No connection is held while a slow reader takes a piece; a file that is cleared away
    meanwhile ends early, which the stated size tells."""
    serial = 0
    while True:
        with db.statement() as conn:
            piece = conn.exec_driver_sql(
                "SELECT content FROM export_chunk WHERE export_id = %(id)s AND serial = %(serial)s",
                {"id": export_id, "serial": serial},
            ).scalar_one_or_none()
        if piece is None:
            return
        yield bytes(piece)
        serial += 1
