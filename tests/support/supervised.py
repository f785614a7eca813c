"""A folder for programs under supervisord."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def supervised_folder(body: str) -> Iterator[Path]:
    """A short path, as sockets want it, with `log` and the `program.py` that says `body`."""
    with tempfile.TemporaryDirectory(prefix="wenqi-") as made:
        (Path(made) / "log").mkdir()
        (Path(made) / "program.py").write_text(body, "utf-8")
        yield Path(made)
