"""Encrypting anew under the newest key, and for the first time what still lies in clear.

The ledger carries it: an item is a block of rows of one sealed column, so that it goes on after
whatever ends it, and beside everything else. Doing a block again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.notices import editions
from casework.operations import key_check, word_renewal
from casework.personal import encryption, index_key, notes, parts, texts
from casework.work.run import ChunkResult, run_items
from config import keys
from config.settings import Settings
from rules.keys import NUMBERED, without_number
from store import ledger
from store.db import Database
from store.encoding import to_json
from store.ledger import Item
from store.personal_columns import SEALED, SIGN, Sealing
from vocabulary.work import Stage

BLOCK: Final = 500
"""Rows of an item."""
CLEAR: Final = "clear"
"""Stands for a key where there is none."""
_PLACE: Final = 10**15
_WORDS: Final = 9000
"""Stands in the ledger for what is no sealed column: the words that telephones are found by."""


class Standing(NamedTuple):
    """How many rows of a column lie under a key (CLEAR: under none)."""

    column: str
    key: str
    rows: int


def start(db: Database, settings: Settings) -> int:
    """Put every block that is not under the newest key on its way. Returns how many wait.

    The newest key is known from here on, so that a ring without it is refused. Raises KeyMissing.
    """
    key_check.require(db, settings)
    with db.transaction() as conn:
        index_key.read(conn)
        _put(conn, _WORDS, word_renewal.blocks(conn, settings, BLOCK))
        for place, sealing in enumerate(SEALED):
            blocks = conn.exec_driver_sql(
                f"SELECT DISTINCT t.{sealing.key} / {BLOCK} FROM {sealing.table} AS t"  # noqa: S608
                f" WHERE {_is_old(sealing)}",
                _values(sealing),
            ).scalars()
            _put(conn, place, blocks.all())
    return waiting(db)


def _put(conn: Connection, place: int, blocks: Sequence[int]) -> None:
    subjects = [place * _PLACE + block * BLOCK for block in blocks]
    ledger.replace(conn, Stage.ROTATE, subjects)


def waiting(db: Database) -> int:
    """How many blocks are still to be done."""
    with db.statement() as conn:
        left: int = conn.exec_driver_sql(
            "SELECT count(*) FROM work_item WHERE stage = %(stage)s AND dead_at IS NULL",
            {"stage": Stage.ROTATE.value},
        ).scalar_one()
    return left


def standing(db: Database) -> list[Standing]:
    """Under which keys the sealed columns lie."""
    found: list[Standing] = []
    with db.statement() as conn:
        for sealing in SEALED:
            rows = conn.exec_driver_sql(
                f"SELECT {_key_of(sealing)} AS key, count(*) FROM {sealing.table} AS t"  # noqa: S608
                f" WHERE {_is_there(sealing)} GROUP BY 1 ORDER BY 1",
                _values(sealing),
            )
            found += [Standing(sealing.name, key, count) for key, count in rows]
    return found


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Encrypt these blocks anew. Raises RetryableError if the database went away."""
    handle = partial(_handle, settings)
    return run_items(db, settings, Stage.ROTATE, item_ids, handle, careful=careful)


def _handle(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    for item in items:
        place, first = divmod(item.subject_id, _PLACE)
        if place == _WORDS:
            word_renewal.renew(conn, settings, first, BLOCK)
        elif place < len(SEALED):
            _renew(conn, SEALED[place], first)
    return {}


def _renew(conn: Connection, sealing: Sealing, first: int) -> None:
    is_application = sealing.column == parts.FIELD
    columns = (
        "t.receipt, t.notice_id, t.provision, t.enterprise, t.facts, t.personal"
        if is_application
        else f"{sealing.row} AS bound, {sealing.stored} AS stored"
    )
    rows = conn.exec_driver_sql(
        f"SELECT t.{sealing.key} AS key, {columns} FROM {sealing.table} AS t"  # noqa: S608
        f" WHERE t.{sealing.key} >= %(first)s AND t.{sealing.key} < %(first)s + {BLOCK}"
        f" AND {_is_old(sealing)} ORDER BY t.{sealing.key} FOR NO KEY UPDATE",
        {**_values(sealing), "first": first},
    ).all()
    for row in rows:
        if is_application:
            _renew_application(conn, row)
        elif sealing.is_within:
            _renew_document(conn, row)
        else:
            _renew_text(conn, sealing, row)


def _renew_application(conn: Connection, row: Any) -> None:
    enterprise, facts = parts.put_back(row.receipt, row.enterprise, row.facts, row.personal)
    names = editions.personal_facts(row.notice_id, row.provision)
    renewed = parts.columns(row.receipt, enterprise, facts, names)
    conn.exec_driver_sql(
        "UPDATE application SET enterprise = %(enterprise)s, facts = %(facts)s,"
        " personal = %(personal)s WHERE id = %(key)s",
        {**renewed, "key": row.key},
    )


def _renew_document(conn: Connection, row: Any) -> None:
    """The notes in an assessment; and no number of a person, as earlier releases had it."""
    application_id, serial = row.bound.split(":")
    document = notes.opened(row.stored, application_id, serial)
    if document is None:
        return
    lines = document.get("lines", [])
    for line in lines:
        if (line.get("key") or "").startswith(NUMBERED):
            line["key"] = without_number(line["key"], index_key.read(conn))
            place = int(line["item"].rpartition("/")[2]) + 1
            line["label"] = f"第{place}名 {line['label'].rpartition(' ')[2]}"
    conn.exec_driver_sql(
        "UPDATE assessment SET document = %(document)s::jsonb WHERE id = %(key)s",
        {"document": to_json(notes.sealed(document, application_id, serial)), "key": row.key},
    )


def _renew_text(conn: Connection, sealing: Sealing, row: Any) -> None:
    place = {"table": sealing.table, "field": sealing.column, "row": row.bound}
    sealed: str | bytes | None
    if sealing.is_bytes:
        sealed = _renew_bytes(bytes(row.stored), place)
    else:
        sealed = texts.seal(
            texts.unseal(row.stored, sealing.name, row.bound), sealing.name, row.bound
        )
    value = "to_jsonb(%(sealed)s::text)" if sealing.is_json else "%(sealed)s"
    conn.exec_driver_sql(
        f"UPDATE {sealing.table} AS t SET {sealing.column} = {value}"  # noqa: S608 -- names of ours
        f" WHERE t.{sealing.key} = %(key)s AND {sealing.row} = %(bound)s",
        {"sealed": sealed, "key": row.key, "bound": row.bound},
    )


def _renew_bytes(stored: bytes, place: Mapping[str, Any]) -> bytes:
    if stored.startswith(encryption.FORM):
        text = encryption.decrypt(keys.held(), stored, **place)
    else:
        text = stored.decode()
    return encryption.encrypt(keys.held(), text, **place)


def _is_there(sealing: Sealing) -> str:
    """SQL: whether a row has anything of the kind at all."""
    if sealing.column == parts.FIELD:
        return f"(t.personal IS NOT NULL OR {_HAS_CLEAR})"
    if sealing.is_within:
        return f"({_HAS_NUMBER} OR t.document @? '$.findings[*].note')"
    return f"{sealing.stored} IS NOT NULL AND {sealing.where}"


def _is_old(sealing: Sealing) -> str:
    """SQL: whether a row is to be encrypted anew."""
    if sealing.column == parts.FIELD:
        return (
            "(t.personal IS NOT NULL AND substr(t.personal, 1, length(%(head)s::bytea))"
            f" <> %(head)s::bytea OR {_HAS_CLEAR})"
        )
    return f"{_is_there(sealing)} AND {_key_of(sealing)} <> %(newest)s"


_HAS_CLEAR: Final = "(t.enterprise ? 'contact' OR t.facts ?| %(names)s::text[])"
_HAS_NUMBER: Final = f"t.document @? '$.lines[*].key ? (@ starts with \"{NUMBERED}\")'"


def _key_of(sealing: Sealing) -> str:
    """SQL: the id of the key that a row is encrypted under."""
    if sealing.column == parts.FIELD:
        return (
            f"CASE WHEN {_HAS_CLEAR} THEN '{CLEAR}' ELSE"
            " convert_from(substr(t.personal, 3, get_byte(t.personal, 1)), 'UTF8') END"
        )
    stored = sealing.stored
    if sealing.is_within:
        each = _key_of_text("n #>> '{}'")
        return (  # of several the one that is not the newest
            f"CASE WHEN {_HAS_NUMBER} THEN '{CLEAR}' ELSE (SELECT key FROM (SELECT {each} AS key"  # noqa: S608 -- names of ours
            " FROM jsonb_path_query(t.document, '$.findings[*].note') AS n) AS k"
            " ORDER BY k.key = %(newest)s LIMIT 1) END"
        )
    if sealing.is_bytes:
        return (
            f"CASE WHEN substr({stored}, 1, 1) = '\\x01' THEN"
            f" convert_from(substr({stored}, 3, get_byte({stored}, 1)), 'UTF8') ELSE '{CLEAR}' END"
        )
    return _key_of_text(stored)


def _key_of_text(stored: str) -> str:
    # The head of an encryption takes less than 24 of its bytes, which are 32 letters of base64.
    head = f"decode(substr({stored}, 2, 32), 'base64')"
    return (
        f"CASE WHEN {stored} LIKE %(sign)s || '%%' THEN"
        f" convert_from(substr({head}, 3, get_byte({head}, 1)), 'UTF8') ELSE '{CLEAR}' END"
    )


def _values(sealing: Sealing) -> dict[str, Any]:
    if sealing.column == parts.FIELD:
        every = {
            name
            for edition in editions.every()
            for names in edition.forms.personal.values()
            for name in names
        }
        return {"head": encryption.prefix(keys.held()), "names": sorted(every)}
    return {"sign": SIGN, "newest": keys.held().newest.id}
