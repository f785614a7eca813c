"""What was refused of an NDJSON file: the lines as they were sent, and a table of the reasons."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casework.importing import places
from casework.importing.cells import safe
from casework.importing.headings import REASONS, ROW

_LINES, _TABLE = ".ndjson", ".csv"


class LineRejects:
    """Two files, made when the first line is refused."""

    def __init__(self, path: Path) -> None:
        """Nothing is written yet."""
        self._path = path
        self._parts = {one: places.part(path, places.REJECTS, one) for one in (_LINES, _TABLE)}
        self._open: tuple[Any, Any] | None = None
        self._csv: Any = None

    def write(self, where: str, line: bytes, reasons: Sequence[str]) -> None:
        """Write a refused line. Raises OSError."""
        if self._open is None:
            lines = places.created(self._parts[_LINES]).open("wb")
            table = places.created(self._parts[_TABLE]).open("w", encoding="utf-8-sig", newline="")
            self._open = lines, table
            self._csv = csv.writer(table)
            self._csv.writerow([REASONS, ROW])
        self._open[0].write(line + b"\n")
        self._csv.writerow([safe(" ".join(reasons)), where])

    def close(self) -> list[Path]:
        """Give the files their names; returns them, none if no line was refused."""
        if self._open is None:
            return []
        for file in self._open:
            file.flush()
            os.fsync(file.fileno())
            file.close()
        return [
            places.given_name(part, self._path, places.REJECTS, suffix)
            for suffix, part in self._parts.items()
        ]
