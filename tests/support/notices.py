"""Notices made up for tests, as folders that NOTICES_PATH and NOTICE_ID can name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from config.notices import PACKAGED

SECOND: Final = Path(__file__).parents[1] / "data" / "notices" / "shili-2021-3"
"""What a second notice holds of its own."""


def without_measure(notices: Path, stem: str) -> Path:
    """A copy of the real notice that lacks one file of `measures/`, and so its provisions."""
    made = _copied(notices / f"without-{stem}")
    (made / "measures" / f"{stem}.toml").unlink()
    return made


def retitled(notices: Path, stem: str, old: str, new: str) -> Path:
    """A copy of the real notice in one file of whose `measures/` a text reads otherwise."""
    made = _copied(notices / f"retitled-{stem}")
    replace_once(made / "measures" / f"{stem}.toml", old, new)
    return made


def copy_packaged(notices: Path) -> Path:
    """The notice that comes with the code, as it is."""
    (head,) = PACKAGED.glob("*/notice.toml")
    return Path(shutil.copytree(head.parent, notices / head.parent.name))


def with_second(notices: Path) -> Path:
    """Beside the real notice one made up for the tests, which shares its sentences and sizes."""
    real = copy_packaged(notices)
    made = Path(shutil.copytree(SECOND, notices / SECOND.name))
    for name in ("sentences.toml", "sizes.toml"):
        shutil.copy(real / name, made / name)
    return made


def replace_once(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file of a notice's data."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _copied(made: Path) -> Path:
    real = copy_packaged(made.parent / "real")
    real.rename(made)
    replace_once(made / "notice.toml", f'id = "{real.name}"', f'id = "{made.name}"')
    return made
