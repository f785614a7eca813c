"""What a migration would do before it is run, read from its own text: whom it keeps waiting and
whether code of the release before goes on working.

A test runs every migration and compares the locks that PostgreSQL gave with what is read here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from alembic.script import Script
from sqlalchemy import Connection

from store import functions, migrate

# What code of the release before could not live with.
BREAKING: Final = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN|VIEW|FUNCTION)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b"
    r"|\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b"
    r"|\bADD\s+COLUMN\s+(?:(?!,|;|DEFAULT).)*\bNOT\s+NULL\b(?![^,;]*\bDEFAULT\b)",
    re.IGNORECASE | re.DOTALL,
)
CONTRACTING: Final[Mapping[str, str]] = {}
"""Revisions that take away what a release has stopped using -> that release. They are run once no
process of an earlier one is left."""


class Hold(StrEnum):
    """Whom a step keeps from a table, for as long as its transaction takes."""

    ALL = "nobody reads or writes it meanwhile"
    WRITERS = "nobody writes it meanwhile"
    ROWS = "rows of it are changed"


ALSO: Final[Mapping[str, Mapping[str, Hold]]] = {
    # The other end of a foreign key that is altered.
    "0007": {"parameter_set": Hold.ALL}
}
"""Revision -> what its text does not name."""

_IF: Final = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
_HOLDS: Final[tuple[tuple[Hold, str], ...]] = (
    (Hold.ALL, rf"\bALTER\s+TABLE\s+{_IF}(?:ONLY\s+)?(\w+)\s+(?!VALIDATE\b)"),
    (Hold.ALL, rf"\bDROP\s+TRIGGER\s+{_IF}\w+\s+ON\s+(\w+)"),
    (Hold.ALL, r"\bLOCK\s+TABLE\s+(\w+)"),
    (
        Hold.WRITERS,
        rf"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY){_IF}\w+\s+ON\s+(?:ONLY\s+)?(\w+)",
    ),
    (
        Hold.WRITERS,
        r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\s+\w+\s[^;]*?\bON\s+(\w+)",
    ),
    (Hold.WRITERS, r"\bREFERENCES\s+(\w+)"),
    (Hold.ROWS, r"\bUPDATE\s+(?:ONLY\s+)?(\w+)(?:\s+AS\s+\w+)?\s+SET\b"),
    (Hold.ROWS, r"\bINSERT\s+INTO\s+(\w+)"),
    (Hold.ROWS, r"\bDELETE\s+FROM\s+(\w+)"),
)
_MADE: Final = re.compile(rf"\bCREATE\s+TABLE\s+{_IF}(\w+)")
_COMMENT: Final = re.compile(r"--[^\n]*")
_BODY: Final = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)


class Size(NamedTuple):
    """How large a table is: rows as the server estimates them, bytes with its indexes."""

    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Step:
    """A migration. `holds`: table -> the strongest it does to it, without the tables it makes."""

    revision: str
    title: str
    after: str | None
    holds: Mapping[str, Hold]

    @property
    def contracts(self) -> bool:
        """Whether code of the release before must be gone before it is run."""
        return self.revision in CONTRACTING


class Standing(NamedTuple):
    """Where a database stands, and what this code would still do. `is_newer`: it was migrated by a
    later release; then nothing is to be done here."""

    revision: str | None
    head: str
    steps: tuple[Step, ...]
    is_newer: bool


def standing(conn: Connection) -> Standing:
    """Ask a database; nothing is changed."""
    revision = migrate.revision_of(conn)
    known = {step.revision: number for number, step in enumerate(every())}
    head = migrate.head()
    if revision is not None and revision not in known:
        return Standing(revision, head, (), is_newer=True)
    first = 0 if revision is None else known[revision] + 1
    return Standing(revision, head, every()[first:], is_newer=False)


def sizes(conn: Connection) -> dict[str, Size]:
    """Every table's."""
    rows = conn.exec_driver_sql(
        "SELECT relname, greatest(reltuples, 0)::bigint, pg_total_relation_size(oid)"
        " FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {name: Size(count, size) for name, count, size in rows}


def every() -> tuple[Step, ...]:
    """All migrations of this code, oldest first."""
    return tuple(_step(script) for script in reversed(list(migrate.scripts().walk_revisions())))


def _step(script: Script) -> Step:
    text = " ;\n".join(statements(Path(script.path)))
    made = set(_MADE.findall(text))
    holds = dict(ALSO.get(script.revision, {}))
    for hold, pattern in _HOLDS:
        for table in re.findall(pattern, text):
            if table not in made:
                holds.setdefault(table, hold)
    before = script.down_revision
    return Step(
        script.revision,
        (script.doc or "").partition("\n")[0],
        before if isinstance(before, str) else None,
        holds,
    )


def statements(path: Path) -> Iterator[str]:
    """The SQL of a migration: its texts and the functions it loads, without their bodies."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade")
    ]
    for node in (each for top in body for each in ast.walk(top)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else " x " for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield _COMMENT.sub("", node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load":
            called = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            sql = functions.load(*called)  # type: ignore[arg-type]
            yield _BODY.sub("''", _COMMENT.sub("", sql))
