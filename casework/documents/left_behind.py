"""Files that stayed with a draft because its submit was cut off after the filing: moved later."""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy import Connection

from casework.docket import desk
from casework.documents import handing_in
from casework.intake import drafts, replays
from config.settings import Settings
from store.db import Database

log = structlog.get_logger(__name__)

MINUTES: Final = 10
"""So long a submit may take, with its tries again."""

_WAITING: Final = """
SELECT d.id FROM draft AS d WHERE d.frozen_at < app_now() - %(minutes)s * interval '1 minute'
    AND EXISTS (SELECT FROM document WHERE draft_id = d.id) ORDER BY d.id
"""


def move(db: Database, settings: Settings) -> int:
    """Move what was left behind. Returns how many files; running twice changes nothing."""
    with db.statement() as conn:
        found = conn.exec_driver_sql(_WAITING, {"minutes": MINUTES}).scalars().all()
    moved = 0
    for draft in found:
        with db.transaction() as conn:
            moved += _move(conn, settings, draft)
    if moved:
        log.info("documents.moved", documents=moved)
    return moved


def _move(conn: Connection, settings: Settings, draft: int) -> int:
    held = conn.exec_driver_sql(
        "SELECT id FROM draft WHERE id = %(id)s FOR UPDATE SKIP LOCKED", {"id": draft}
    ).scalar()
    if held is None:
        return 0
    sender, key = drafts.filed_as(conn, draft)
    hashed = replays.key_hash(settings.require_secret_key(), sender, replays.sha256(key.encode()))
    filed = conn.exec_driver_sql(
        "SELECT application_id FROM idempotency WHERE key_hash = %(key)s", {"key": hashed}
    ).scalar()
    case = desk.open_unseen(conn, filed) if filed else None
    return handing_in.move_to(conn, draft, case) if case else 0
