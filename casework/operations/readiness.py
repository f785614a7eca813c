"""Whether applications can be accepted, which part is down, and how much work is waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import redis

from casework.database import UNAVAILABLE, UNREADABLE
from casework.work import canary
from config.settings import Settings
from store import migrate
from store.db import Database

BROKER_SECONDS = 1.0

_OK = "正常"
_NEEDED = frozenset({"database", "schema"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part Wenqi stands on: its name, whether it works, and in Chinese what is wrong.
    `more`: further members of its document."""

    name: str
    ok: bool
    text: str = _OK
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a check found. ``accepting``: whether an application would be accepted now.

    Without the broker or the workers applications are accepted and kept, and processed when they
    are back: taking the API out of service for that would refuse people for nothing. So only the
    database and its schema decide, and what else is missing is reported as ``degraded``.
    """

    parts: tuple[Part, ...]

    @property
    def accepting(self) -> bool:
        return all(part.ok for part in self.parts if part.name in _NEEDED)

    def document(self) -> dict[str, Any]:
        """JSON-ready: ``status`` is ok, degraded or down; ``parts`` says which part and why."""
        if all(part.ok for part in self.parts):
            status = "ok"
        else:
            status = "degraded" if self.accepting else "down"
        return {
            "status": status,
            "parts": {
                part.name: {"ok": part.ok, "text": part.text, **part.more} for part in self.parts
            },
        }


def check(db: Database, settings: Settings) -> Readiness:
    """Ask every part. A database that accepts and never answers keeps whoever asks waiting."""
    return Readiness((*_database(db), _broker(settings.redis_url), _path(db, settings)))


def silent(settings: Settings) -> Readiness:
    """What is to be said when `check` does not come back: only the database can keep it so long."""
    text = "数据库没有在限时内答复"
    parts = (Part(name, ok=False, text=text) for name in ("database", "schema"))
    return Readiness((*parts, _broker(settings.redis_url), _closed(["*"], {})))


def canary_ages(db: Database) -> dict[str, float]:
    """Queue -> seconds since a canary last arrived (see `casework.work.canary`); without those
    through which none ever came, and empty while the database is away."""
    try:
        with db.statement() as conn:
            ages = canary.ages(conn)
    except UNREADABLE:
        return {}
    return {queue: age for queue, age in ages.items() if age is not None}


def backlog(db: Database) -> list[Mapping[str, Any]]:
    """The ledger by stage: items due, planned for later, dead, and the oldest due item's age.

    Out: rows with ``stage``, ``due``, ``later``, ``dead``, ``oldest_seconds``; none while the
    database is away, since monitoring must not fail for that.
    """
    try:
        with db.statement() as conn:
            rows = conn.exec_driver_sql(_BACKLOG).mappings().all()
    except UNREADABLE:
        return []
    return [dict(row) for row in rows]


_BACKLOG = """
SELECT stage,
    count(*) FILTER (WHERE dead_at IS NULL AND not_before <= app_now()) AS due,
    count(*) FILTER (WHERE dead_at IS NULL AND not_before > app_now()) AS later,
    count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
    coalesce(extract(epoch FROM app_now() - min(not_before)
        FILTER (WHERE dead_at IS NULL AND not_before <= app_now())), 0)::float8 AS oldest_seconds
FROM work_item GROUP BY stage ORDER BY stage
"""


def _database(db: Database) -> tuple[Part, Part]:
    try:
        with db.statement() as conn:
            known = conn.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar()
            revision = (
                conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
                if known
                else None
            )
    except UNAVAILABLE:
        return Part("database", ok=False, text="无法连接数据库"), Part(
            "schema", ok=False, text="无法核对数据库结构版本"
        )
    database = Part("database", ok=True)
    if revision == _head():
        return database, Part("schema", ok=True)
    text = f"数据库结构版本是 {revision or '空'}，应为 {_head()}，请运行 wenqi migrate"
    return database, Part("schema", ok=False, text=text)


@cache
def _head() -> str:
    return migrate.head()


def _broker(url: str) -> Part:
    # kombu's name for a unix socket is not redis-py's.
    url = url.replace("redis+socket://", "unix://", 1)
    try:
        with redis.Redis.from_url(
            url, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS
        ) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return Part("broker", ok=False, text="无法连接消息代理；申报照常受理，恢复后自动处理")
    return Part("broker", ok=True)


def _path(db: Database, settings: Settings) -> Part:
    try:
        with db.statement() as conn:
            ages = canary.ages(conn)
    except UNREADABLE:
        return _closed(["*"], {})
    late = [queue for queue, age in ages.items() if canary.is_late(age, settings)]
    if late or not ages:
        return _closed(late or ["*"], ages)
    return Part("path", ok=True, more=_ages(ages))


def _closed(queues: Sequence[str], ages: Mapping[str, float | None]) -> Part:
    text = f"后台处理未走通（队列 {', '.join(queues)}）；申报照常受理，恢复后自动处理"
    return Part("path", ok=False, text=text, more=_ages(ages))


def _ages(ages: Mapping[str, float | None]) -> dict[str, object]:
    return {
        "age_seconds": {
            queue: None if age is None else round(age, 1) for queue, age in ages.items()
        }
    }
