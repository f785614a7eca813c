"""What a use case says to the database and to the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from structlog.testing import capture_logs

from store.db import Database


@dataclass
class Watched:
    """What an act said to the database, with the values given, and to the log."""

    statements: list[str] = field(default_factory=list)
    given: list[Any] = field(default_factory=list)
    lines: list[Any] = field(default_factory=list)

    def named(self, name: str) -> list[Any]:
        """The log lines of that name."""
        return [line for line in self.lines if line["event"] == name]

    def reading(self, words: str) -> int:
        """How many statements contain these words."""
        return sum(words in statement for statement in self.statements)


@contextmanager
def watched(database: Database) -> Iterator[Watched]:
    """Watch what is done to a database; savepoints are statements too."""
    seen = Watched()

    def note(_conn: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        seen.statements.append(statement)
        seen.given.append(given)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with capture_logs() as seen.lines:
            yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
