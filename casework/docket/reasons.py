"""What people wrote about an event: kept beside it, where it can be purged.

An event refers to its text by `text_id`. Who may read the text gets it as the data's `reason`; once
the row is gone, the sentence says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework import events
from casework.events import NewEvent
from casework.personal import encryption, texts
from config import keys
from vocabulary.event_data import PAPER, REASON, TEXT_ID

_TABLE: Final = "event_text"
_FIELD: Final = "words"


def write(
    conn: Connection, written: Sequence[NewEvent], reason: str | None, at: datetime | None = None
) -> list[int]:
    """Write events, each of an application, about which a person wrote this (None: nothing).

    `at`: business time (None: now). Their ids, in order.
    """
    if reason is not None and written:
        ids = _keep(conn, [event.application_id for event in written], reason, at)
        written = [
            event._replace(data={**event.data, TEXT_ID: text_id})
            for event, text_id in zip(written, ids, strict=True)
        ]
    return events.write(conn, written, at)


def with_reasons(conn: Connection, datas: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The data of events with what people wrote put in, in order."""
    ids = [data[TEXT_ID] for data in datas if TEXT_ID in data]
    if not ids:
        return list(datas)
    rows = conn.exec_driver_sql(
        "SELECT id, words FROM event_text WHERE id = ANY(%(ids)s)", {"ids": ids}
    )
    words = {row.id: _read(row.id, bytes(row.words)) for row in rows}
    return [
        {**data, REASON: words[data[TEXT_ID]]} if data.get(TEXT_ID) in words else data
        for data in datas
    ]


def with_papers(
    conn: Connection, application_id: int, datas: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The data of events of an application with what its files were handed in as put in; nothing
    of files that are gone."""
    if not any("document" in data for data in datas):
        return list(datas)
    rows = conn.exec_driver_sql(
        "SELECT serial, paper FROM document WHERE application_id = %(id)s", {"id": application_id}
    )
    papers = {row.serial: row.paper for row in rows}
    return [
        {**data, PAPER: papers[data["document"]]} if data.get("document") in papers else data
        for data in datas
    ]


def spelled_out(
    conn: Connection, application_id: int, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The data of one event of an application with both put in."""
    [told] = with_papers(conn, application_id, with_reasons(conn, [data]))
    return told


def by_id(conn: Connection, rows: Sequence[Row[Any]]) -> dict[int, Mapping[str, Any]]:
    """The data of rows with `id` and an event's `data`, with what people wrote put in, by id."""
    datas = with_reasons(conn, [row.data for row in rows])
    return {row.id: data for row, data in zip(rows, datas, strict=True)}


def _read(text_id: int, words: bytes) -> str:
    if not words.startswith(encryption.FORM):  # of an earlier release, in clear
        return words.decode()
    return encryption.decrypt(keys.held(), words, table=_TABLE, field=_FIELD, row=text_id)


def _keep(
    conn: Connection, applications: Sequence[int | None], words: str, at: datetime | None
) -> list[int]:
    """A row for each application. Their ids, in order."""
    made = list(texts.fresh_ids(conn, _TABLE, len(applications)))
    conn.exec_driver_sql(
        "INSERT INTO event_text (id, application_id, words, written_at)"
        " OVERRIDING SYSTEM VALUE"
        " SELECT id, application, words, coalesce(%(at)s::timestamptz, (SELECT app_now()))"
        " FROM unnest(%(ids)s::bigint[], %(applications)s::bigint[], %(words)b::bytea[])"
        "  AS u (id, application, words)",
        {
            "at": at,
            "ids": made,
            "applications": list(applications),
            "words": [
                encryption.encrypt(keys.held(), words, table=_TABLE, field=_FIELD, row=text_id)
                for text_id in made
            ],
        },
    )
    return made
