"""A database on which everything is undone: whether a use case would refuse, without its doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy

from sqlalchemy import Connection

from casework.errors import Conflict, Forbidden, NotFound
from store.db import Database


class Undoing(Database):
    """The same pool; each transaction ends with a rollback."""

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction, undone on leaving."""
        with super().transaction() as conn:
            yield conn
            conn.rollback()


def would_be_taken(db: Database, act: Callable[[Database], object]) -> bool:
    """Whether an act would be done to what there is, as `act` would do it on a database. What is
    wrong with what was sent is the test's own fault, and raised."""
    undoing = copy(db)
    undoing.__class__ = Undoing
    try:
        act(undoing)
    except (Conflict, Forbidden, NotFound):
        return False
    return True
