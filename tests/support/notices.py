"""Notices made up for tests, as folders that NOTICE_ID can name."""

from __future__ import annotations

import shutil
from pathlib import Path

import config.notices


def without_measure(folder: Path, stem: str) -> Path:
    """A copy of the real notice that lacks one file of `measures/`, and so its provisions."""
    (real,) = (head.parent for head in Path(config.notices.__file__).parent.glob("*/notice.toml"))
    made = folder / f"without-{stem}"
    shutil.copytree(real, made)
    (made / "measures" / f"{stem}.toml").unlink()
    return made
