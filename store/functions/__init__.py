"""Functions and triggers of the database, a file each.

A file is never changed once it has been released: a new version is a new file, and the migration
that loads it says which. `released.sha256`, made by `sha256sum *.sql`, pins each. Tests hold that,
and the newest of each against a migrated database.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent


def load(name: str, version: int = 1) -> str:
    """The SQL of `name.v<version>.sql` as the driver wants it, %% for %."""
    return (FOLDER / f"{name}.v{version}.sql").read_text(encoding="utf-8").replace("%", "%%")
