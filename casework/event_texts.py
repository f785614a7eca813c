"""What people wrote about an event: kept beside it, where it can be purged.

An event refers to its text by `text_id`. Who may read the text gets it as the data's `reason`; once
the row is gone, the sentence says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from vocabulary.event_data import REASON, TEXT_ID


def keep(
    conn: Connection, texts: Sequence[tuple[int, str]], at: datetime | None = None
) -> list[int]:
    """Keep texts, each of an application. `at`: business time (None: now). Their ids, in order."""
    ids = list(
        conn.exec_driver_sql(
            "SELECT nextval(pg_get_serial_sequence('event_text', 'id'))"
            " FROM generate_series(1, %(count)s)",
            {"count": len(texts)},
        ).scalars()
    )
    conn.exec_driver_sql(
        "INSERT INTO event_text (id, application_id, words, written_at)"
        " OVERRIDING SYSTEM VALUE"
        " SELECT id, application, words, coalesce(%(at)s::timestamptz, (SELECT app_now()))"
        " FROM unnest(%(ids)s::bigint[], %(applications)s::bigint[], %(words)b::bytea[])"
        "  AS u (id, application, words)",
        {
            "at": at,
            "ids": ids,
            "applications": [application for application, _ in texts],
            "words": [words.encode() for _, words in texts],
        },
    )
    return ids


def with_reasons(conn: Connection, datas: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The data of events with what people wrote put in, in order."""
    ids = [data[TEXT_ID] for data in datas if TEXT_ID in data]
    if not ids:
        return list(datas)
    rows = conn.exec_driver_sql(
        "SELECT id, words FROM event_text WHERE id = ANY(%(ids)s)", {"ids": ids}
    )
    words = {row.id: bytes(row.words).decode() for row in rows}
    return [
        {**data, REASON: words[data[TEXT_ID]]} if data.get(TEXT_ID) in words else data
        for data in datas
    ]


def by_id(conn: Connection, rows: Sequence[Row[Any]]) -> dict[int, Mapping[str, Any]]:
    """The data of rows with `id` and an event's `data`, with what people wrote put in, by id."""
    datas = with_reasons(conn, [row.data for row in rows])
    return {row.id: data for row, data in zip(rows, datas, strict=True)}
