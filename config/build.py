"""Which build this is: the version of `pyproject.toml`, and the revision where one can be told."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[1]
_COMMIT: Final = re.compile(r"[0-9a-f]{40}", re.ASCII)
_SHOWN: Final = 12
UNKNOWN: Final = "unknown"


def _version() -> str:
    try:
        return version("wenqi")
    except PackageNotFoundError:  # run from a folder that was not installed
        return UNKNOWN


VERSION: Final = _version()


@cache
def revision() -> str:
    """The commit, shortened: of the file REVISION beside this one, with which images and wheels are
    built, else of the checkout; "unknown" where there is neither."""
    return _commit(_ROOT)[:_SHOWN] or UNKNOWN


def _commit(root: Path) -> str:
    """A commit's name in full, or "" where none is told."""
    if written := _read(root / "config" / "REVISION"):
        return written if _COMMIT.fullmatch(written) else ""
    folder = root / ".git"
    if folder.is_file():  # a work tree of its own
        folder = root / _read(folder).removeprefix("gitdir: ")
    head = _read(folder / "HEAD")
    if not head.startswith("ref: "):
        return head if _COMMIT.fullmatch(head) else ""
    name = head.removeprefix("ref: ")
    shared = folder / (_read(folder / "commondir") or ".")
    found = _read(folder / name) or _read(shared / name)
    if not found:
        listed = (line.partition(" ") for line in _read(shared / "packed-refs").splitlines())
        found = next((commit for commit, _, ref in listed if ref == name), "")
    return found if _COMMIT.fullmatch(found) else ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
