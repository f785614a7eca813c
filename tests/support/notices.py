"""Notices made up for tests, as folders that NOTICE_ID can name."""

from __future__ import annotations

import shutil
from pathlib import Path

import config.notices


def without_measure(folder: Path, stem: str) -> Path:
    """A copy of the real notice that lacks one file of `measures/`, and so its provisions."""
    made = _copied(folder / f"without-{stem}")
    (made / "measures" / f"{stem}.toml").unlink()
    return made


def retitled(folder: Path, stem: str, old: str, new: str) -> Path:
    """A copy of the real notice in one file of whose `measures/` a text reads otherwise."""
    made = _copied(folder / f"retitled-{stem}")
    measure = made / "measures" / f"{stem}.toml"
    text = measure.read_text(encoding="utf-8")
    assert old in text
    measure.write_text(text.replace(old, new), encoding="utf-8")
    return made


def _copied(made: Path) -> Path:
    (real,) = (head.parent for head in Path(config.notices.__file__).parent.glob("*/notice.toml"))
    return Path(shutil.copytree(real, made))
