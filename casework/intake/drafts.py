"""Drafts: what somebody has typed into a form and not yet submitted, readable or not.

A draft is found by its resume code alone, of which a keyed hash is kept. With what was typed lies,
encrypted, the random idempotency key under which it is filed: submitted twice by any means it
makes one application. Once it is frozen it is filed as it stands, so that the body is the same,
too.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.errors import Conflict, Invalid, NotFound, ProvisionNotOffered
from casework.notices import editions
from casework.personal import credentials, encryption, texts
from config import keys
from config.settings import Settings
from store.db import Database
from store.encoding import to_json
from vocabulary.days import plain_day
from vocabulary.personal_data import DataKind
from vocabulary.zone import CHINA

MOST_BYTES: Final = 256 * 1024
"""What a draft may weigh: no form that can be submitted weighs more."""
BLOCK: Final = 1000

Typed = Mapping[str, str]
"""JSON pointer -> text, as typed."""

ENDED_DAYS: Final = 90
"""So long it is known of a draft that it has ended, and when: nothing else of it is left."""

_PURPOSE: Final = b"draft"
_KEPT: Final = "saved_at + %(days)s * interval '1 day'"
_OLD: Final = "saved_at < app_now() - %(days)s * interval '1 day'"
_CLEAR: Final = (
    "WITH gone AS (DELETE FROM draft WHERE id IN (SELECT id FROM draft"  # noqa: S608 -- constants
    f" WHERE {_OLD} ORDER BY id LIMIT {BLOCK} FOR UPDATE SKIP LOCKED)"
    " RETURNING secret_hash, saved_at, frozen_at),"
    " told AS (INSERT INTO ended_draft (secret_hash, ended_at)"
    f" SELECT secret_hash, {_KEPT} FROM gone WHERE frozen_at IS NULL)"
    " SELECT count(*) FROM gone"
)
_FORGET: Final = (
    "WITH gone AS (DELETE FROM ended_draft WHERE secret_hash IN (SELECT secret_hash"  # noqa: S608
    " FROM ended_draft WHERE ended_at < app_now() - %(days)s * interval '1 day'"
    f" LIMIT {BLOCK} FOR UPDATE SKIP LOCKED) RETURNING 1) SELECT count(*) FROM gone"
)


class DraftNotFound(NotFound):
    """Wrong code, or kept no longer and forgotten; deliberately one answer."""

    code = "draft_not_found"
    title = "没有找到这份草稿"
    message = "没有找到这份草稿：续填码不正确，或者草稿已过保存期限。请核对续填码，或重新填写。"


class DraftExpired(NotFound):
    """The code is right, what it found is kept no longer. No failed try."""

    code = "draft_expired"
    title = "这份草稿已经过期"
    message = "这份草稿已经过期，存过的内容已经删除。请重新填写。"


class DraftTooLarge(Invalid):
    """More than any form holds."""

    code = "draft_too_large"
    title = "填写的内容太多"
    message = "填写的内容太多，这一次没有保存；上一次保存的还在。请减少文字或项目后再保存。"


class DraftFrozen(Conflict):
    """It was submitted: what is filed is changed through the application."""

    code = "draft_frozen"
    title = "这份申报已经提交"
    message = "这份申报已经提交，不能再修改。要补充或更正，请查看申报进度。"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it stands. `key`: the idempotency key under which it is filed; `kept_until`: when
    it is forgotten unless it is saved again."""

    notice_id: str
    provision: str
    typed: Typed
    key: str
    saved_at: datetime
    kept_until: datetime
    is_frozen: bool


class Identified(NamedTuple):
    """Which draft a code is of, locked: what belongs to it is changed under its row's lock."""

    id: int
    notice_id: str
    provision: str
    is_frozen: bool


def identify(conn: Connection, settings: Settings, code: str) -> Identified:
    """The draft of a resume code, however it was typed. Raises DraftNotFound, DraftExpired."""
    row = _row(conn, settings, code, lock=True)
    return Identified(row.id, row.notice_id, row.provision, row.frozen_at is not None)


def start(
    db: Database,
    settings: Settings,
    provision: str,
    *,
    notice_id: str | None = None,
    typed: Typed | None = None,
) -> str:
    """Begin a draft, with what is typed already. Returns its resume code, which nobody can read
    again.

    Raises ProvisionNotOffered, DraftTooLarge, NoticeDataError for an unknown notice.
    """
    notice = editions.edition(notice_id or settings.notice_id).notice
    if provision not in notice.provisions:
        raise ProvisionNotOffered
    code = credentials.random_access_code()
    secret = settings.require_secret_key()
    with db.transaction() as conn:
        row = texts.fresh_id(conn, "draft")
        conn.exec_driver_sql(
            "INSERT INTO draft (id, secret_hash, notice_id, provision, typed, saved_at)"
            " OVERRIDING SYSTEM VALUE"
            " VALUES (%(id)s, %(hash)s, %(notice)s, %(provision)s, %(typed)s, app_now())",
            {
                "id": row,
                "hash": credentials.stored_hash(
                    secret, _PURPOSE, credentials.as_typed(code).encode()
                ),
                "notice": notice.id,
                "provision": provision,
                "typed": _seal(row, str(uuid.uuid4()), typed or {}),
            },
        )
    return code


def find(db: Database, settings: Settings, code: str) -> Draft:
    """The draft of a resume code, however it was typed. Raises DraftNotFound, DraftExpired."""
    with db.statement() as conn:
        return _opened(settings, _row(conn, settings, code))


def save(db: Database, settings: Settings, code: str, change: Callable[[Typed], Typed]) -> Draft:
    """Keep what was typed: `change` makes the new from what is kept, under the row's lock, so that
    two tabs on two steps take nothing from each other.

    Raises DraftNotFound, DraftExpired, DraftFrozen, DraftTooLarge.
    """
    with db.transaction() as conn:
        row = _row(conn, settings, code, lock=True)
        before = _opened(settings, row)
        if before.is_frozen:
            raise DraftFrozen
        conn.exec_driver_sql(
            "UPDATE draft SET typed = %(typed)s, saved_at = app_now() WHERE id = %(id)s",
            {"id": row.id, "typed": _seal(row.id, before.key, change(before.typed))},
        )
        return _opened(settings, _row(conn, settings, code))


def freeze(db: Database, settings: Settings, code: str, sender: str = "") -> Draft:
    """The draft, from now on as it stands; again, the same. Call it once it has been checked, and
    file what it returns: whoever comes second files the same under the same key.

    `sender`: whose that key will be (:class:`casework.intake.replays.Sender`).

    Raises DraftNotFound, DraftExpired.
    """
    with db.transaction() as conn:
        row = _row(conn, settings, code, lock=True)
        before = _opened(settings, row)
        conn.exec_driver_sql(
            "UPDATE draft SET frozen_at = app_now(), typed = %(typed)s"
            " WHERE id = %(id)s AND frozen_at IS NULL",
            {"id": row.id, "typed": _seal(row.id, before.key, before.typed, sender)},
        )
        return _opened(settings, _row(conn, settings, code))


def thaw(db: Database, settings: Settings, code: str) -> None:
    """Let it be changed again: what was frozen is no application after all, and nothing was filed.

    Raises DraftNotFound, DraftExpired.
    """
    with db.transaction() as conn:
        row = _row(conn, settings, code, lock=True)
        conn.exec_driver_sql("UPDATE draft SET frozen_at = NULL WHERE id = %(id)s", {"id": row.id})


def due(db: Database, settings: Settings) -> int:
    """How many drafts are kept no longer. Changes nothing."""
    with db.statement() as conn:
        count: int = conn.exec_driver_sql(
            f"SELECT count(*) FROM draft WHERE {_OLD}",  # noqa: S608 -- constant
            {"days": settings.practice.kept(DataKind.DRAFTS)},
        ).scalar_one()
    return count


def clear(db: Database, settings: Settings) -> int:
    """Forget the drafts that are kept no longer, block by block, but for the day on which each that
    was not submitted ended; and the days that are too long ago. Returns how many drafts."""
    _in_blocks(db, _FORGET, ENDED_DAYS)
    return _in_blocks(db, _CLEAR, settings.practice.kept(DataKind.DRAFTS))


def _in_blocks(db: Database, statement: str, days: int) -> int:
    cleared, block = 0, BLOCK
    while block == BLOCK:
        with db.transaction() as conn:
            block = conn.exec_driver_sql(statement, {"days": days}).scalar_one()
        cleared += block
    return cleared


def _row(conn: Connection, settings: Settings, code: str, *, lock: bool = False) -> Any:
    hashes = credentials.possible_hashes(
        settings.require_secret_key(), _PURPOSE, credentials.as_typed(code).encode()
    )
    given = {"hashes": hashes, "days": settings.practice.kept(DataKind.DRAFTS)}
    row = conn.exec_driver_sql(
        "SELECT id, notice_id, provision, typed, saved_at, frozen_at FROM draft"  # noqa: S608
        f" WHERE secret_hash = ANY(%(hashes)s) AND NOT {_OLD}{' FOR UPDATE' if lock else ''}",
        given,
    ).one_or_none()
    if row is None:
        raise _gone(conn, given)
    return row


def _gone(conn: Connection, given: Mapping[str, Any]) -> NotFound:
    """Why a code finds nothing: it was never one of ours, or its draft has ended."""
    ended_at = conn.exec_driver_sql(
        "SELECT ended_at FROM ended_draft WHERE secret_hash = ANY(%(hashes)s) UNION ALL"  # noqa: S608
        f" SELECT {_KEPT} FROM draft WHERE secret_hash = ANY(%(hashes)s) AND frozen_at IS NULL",
        given,
    ).scalar()
    if ended_at is None:
        return DraftNotFound()
    ended_on = plain_day(ended_at.astimezone(CHINA).date())
    return DraftExpired(f"这份草稿已经过期（{ended_on}），存过的内容已经删除。请重新填写。")


def filed_as(conn: Connection, draft: int) -> tuple[str, str]:
    """Sender and idempotency key under which a frozen draft is filed."""
    kept = _kept(conn, draft)
    return kept.get("sender", ""), kept["key"]


def typed_of(conn: Connection, draft: int) -> Typed:
    """What is typed in a draft that is known by its row."""
    typed: Typed = _kept(conn, draft)["typed"]
    return typed


def _kept(conn: Connection, draft: int) -> dict[str, Any]:
    stored = conn.exec_driver_sql(
        "SELECT typed FROM draft WHERE id = %(id)s", {"id": draft}
    ).scalar_one()
    return _unseal(stored, draft)


def _seal(row: int, key: str, typed: Typed, sender: str = "") -> bytes:
    text = to_json({"key": key, "typed": dict(typed), "sender": sender})
    if len(text.encode()) > MOST_BYTES:
        raise DraftTooLarge
    return encryption.encrypt(keys.held(), text, table="draft", field="typed", row=row)


def _unseal(stored: bytes, row: int) -> dict[str, Any]:
    text = encryption.decrypt(keys.held(), bytes(stored), table="draft", field="typed", row=row)
    kept: dict[str, Any] = json.loads(text)
    return kept


def _opened(settings: Settings, row: Any) -> Draft:
    kept = _unseal(row.typed, row.id)
    return Draft(
        notice_id=row.notice_id,
        provision=row.provision,
        typed=kept["typed"],
        key=kept["key"],
        saved_at=row.saved_at,
        kept_until=row.saved_at + timedelta(days=settings.practice.kept(DataKind.DRAFTS)),
        is_frozen=row.frozen_at is not None,
    )
