"""That a file is not taken, and why."""

from __future__ import annotations

from vocabulary.documents import FileRefusal


class Refused(Exception):
    """A file that is not taken."""

    def __init__(self, why: FileRefusal) -> None:
        super().__init__(why.value)
        self.why = why
