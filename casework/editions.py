"""The notice as the use cases need it: today's, and the one an old assessment was made with."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection

from config import notices
from config.notices import NoticeDataError, load_notice
from rules.fit import UnknownToRules, require_rules
from rules.notice import Notice, printed_contact

__all__ = [
    "Edition",
    "edition",
    "edition_used",
    "every",
    "hashes",
    "known_bureau_name",
    "printed_contact",
    "remember",
]


@dataclass(frozen=True, slots=True)
class Edition:
    """A notice's data as typed for the rules, and the SHA-256 it is stored under."""

    notice: Notice
    hash: bytes


_LOADED: dict[str, Edition] = {}


def edition(notice_id: str) -> Edition:
    """Today's data of a notice. Raises NoticeDataError for an unknown or faulty one."""
    found = _LOADED.get(notice_id)
    if found is None:
        bundle = load_notice(notice_id)
        found = Edition(Notice(bundle.content), bytes.fromhex(bundle.hash))
        try:
            require_rules(found.notice)
        except UnknownToRules as error:
            raise NoticeDataError(str(error)) from error
        _LOADED[notice_id] = found
    return found


def every() -> list[Edition]:
    """Today's data of all notices. Raises NoticeDataError if one of them is faulty."""
    return [edition(name) for name in notices.names()]


def hashes() -> list[bytes]:
    """The hashes of the editions that this process has used so far."""
    return [each.hash for each in _LOADED.values()]


def known_bureau_name(bureau: str) -> str:
    """The Chinese name of a bureau that may stand in several notices: what the first calls it."""
    names = (each.notice.name_of(bureau) for each in every())
    return next((name for name in names if name != bureau), bureau)


def remember(conn: Connection, current: Edition) -> None:
    """Store the data under its hash, so that assessments can refer to it."""
    conn.exec_driver_sql(
        "INSERT INTO parameter_set (hash, notice_id, content, first_seen)"
        " VALUES (%(hash)s, %(id)s, %(content)s::jsonb, app_now()) ON CONFLICT DO NOTHING",
        {
            "hash": current.hash,
            "id": current.notice.id,
            "content": json.dumps(current.notice.content, ensure_ascii=False),
        },
    )


def edition_used(conn: Connection, notice_id: str, parameters_hash: bytes | None) -> Notice:
    """The data an assessment was made with: in memory if it is today's, else as stored.

    In: its hash; None (not assessed yet) stands for today's.
    """
    current = edition(notice_id)
    if parameters_hash is None or current.hash == bytes(parameters_hash):
        return current.notice
    content = conn.exec_driver_sql(
        "SELECT content FROM parameter_set WHERE hash = %(hash)s", {"hash": parameters_hash}
    ).scalar_one()
    return Notice(content)
