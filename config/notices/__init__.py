"""The data of every notice: loaded from TOML, checked against the notice's own text, hashed.

Nothing here computes; a mistake in the data (an unknown or doubled key, a quotation that is not in
the text, a route to nobody) is refused at load, so that no process ever starts with it.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from config.notices.checks import check
from config.notices.sizes import with_source
from config.notices.text import NoticeDataError, measures_of

PACKAGED: Final = Path(__file__).parent
"""The notices that come with the code."""

_read_from: list[Path] = [PACKAGED]
_TABLES = ("bureaus", "contacts", "questions", "referrals", "route_reasons")
_BY_MEASURE = ("provisions", "conditions", "routing", "windows", "materials")

__all__ = [
    "PACKAGED",
    "NoticeBundle",
    "NoticeDataError",
    "bureau_ids",
    "find",
    "folder",
    "load_notice",
    "names",
    "read_from",
]


@dataclass(frozen=True)
class NoticeBundle:
    """A notice's data. ``content``: plain JSON for ``rules.notice.Notice``; ``hash``: its SHA-256
    (hex) over canonical JSON, recorded with every assessment."""

    id: str
    content: Mapping[str, Any]
    hash: str


def read_from(path: Path) -> None:
    """Set the folder in which this process finds its notices."""
    _read_from[:] = [path]


def folder() -> Path:
    """Where this process finds its notices."""
    return _read_from[0]


def names() -> tuple[str, ...]:
    """The ids of all notices in that folder, in alphabetical order; looked for once."""
    return _names(folder())


@cache
def _names(path: Path) -> tuple[str, ...]:
    return tuple(sorted(head.parent.name for head in path.glob("*/notice.toml")))


def load_notice(notice_id: str) -> NoticeBundle:
    """Load and check one notice by id. Raises :class:`NoticeDataError` naming file and key."""
    return _loaded(find(folder(), notice_id))


def bureau_ids(path: Path) -> frozenset[str]:
    """The ids of the bureaus of all notices in a folder, and of the bodies above them, without
    checking more of the data. Raises :class:`NoticeDataError`."""
    found: set[str] = set()
    for each in path.glob("*/notice.toml"):
        found |= _read(each.parent, "bureaus").keys()
        above = _read(each.parent, "notice").get("roles", {}).get("above_bureaus")
        found |= {above} if above else set()
    return frozenset(found)


def measure_numbers(path: Path) -> frozenset[str]:
    """How all notices in a folder number the measures that one can apply under, without checking
    more of the data. Raises :class:`NoticeDataError`."""
    found = [_measures(each.parent)["provisions"] for each in path.glob("*/notice.toml")]
    return frozenset(str(one["measure"]) for provisions in found for one in provisions.values())


def find(path: Path, notice_id: str) -> Path:
    """The folder of a notice, which is named by its id.

    Raises :class:`NoticeDataError` with a text that makes a sentence after a setting's name.
    """
    if Path(notice_id).name != notice_id:
        raise NoticeDataError(f"must be the id of a notice in {path}, not a path: {notice_id!r}")
    folder = path / notice_id
    if not (folder / "notice.toml").is_file():
        raise NoticeDataError(f"names a notice that has no notice data in {path}: {notice_id!r}")
    own = _read(folder, "notice").get("notice", {}).get("id")
    if own != notice_id:
        raise NoticeDataError(f"is {notice_id!r}, but {folder}/notice.toml has the id {own!r}")
    return folder


@cache
def _loaded(folder: Path) -> NoticeBundle:
    return load_from(folder)


def load_from(folder: Path) -> NoticeBundle:
    """Load and check the notice data in ``folder``. Raises :class:`NoticeDataError`."""
    head = _read(folder, "notice")
    text = _text(folder / "notice.txt")
    content: dict[str, Any] = {
        **head,
        "text": text,
        "measures": measures_of(text, head.get("measures", {})),
        "lines": _read(folder, "sentences"),
        "sizes": with_source(_read(folder, "sizes")),
        **{name: _read(folder, name) for name in _TABLES},
        **_measures(folder),
    }
    if "window" in content:
        content["windows"]["*"] = content.pop("window")
    _copy_individuals(content)
    check(content)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return NoticeBundle(str(head["notice"]["id"]), content, digest)


def _copy_individuals(content: Mapping[str, Any]) -> None:
    """One rule in all measures: what concerns an individual business is copied to the bureau that
    is named for it, wherever the notice prints a contact of that bureau for the measure."""
    role = content["roles"].get("individual_businesses", {})
    for code, rules in content["routing"].items():
        measure = content["provisions"].get(code, {}).get("measure")
        for name, contact in content["contacts"].items():
            if contact["bureau"] == role.get("bureau") and measure in contact["measures"]:
                row = {"when": "of_individual", "to": [name], "reason": role["reason"]}
                general = [*(rule["when"] for rule in rules), "otherwise"].index("otherwise")
                rules.insert(min(general, len(rules) - 1), {**row, "only_copy": True})


def _check_shape(name: str, content: Mapping[str, Any]) -> None:
    # Late: what checks it takes a third of the time in which a command reads its settings.
    from config.notices.shapes import check_shape

    check_shape(name, content)


def _measures(folder: Path) -> dict[str, Any]:
    """The files of the single measures, put together; a key may stand in one of them only."""
    merged: dict[str, Any] = {"parameters": [], **{name: {} for name in _BY_MEASURE}}
    for path in sorted((folder / "measures").glob("*.toml")):
        part = _parse(folder, f"measures/{path.stem}")
        # Doubled ones first: a table that two files share lacks something in each of them.
        for name in _BY_MEASURE:
            given = part.get(name)
            if doubled := set(given if isinstance(given, Mapping) else ()) & set(merged[name]):
                raise NoticeDataError(f"{path.name}: {name} {sorted(doubled)} stand elsewhere too")
        _check_shape(f"measures/{path.stem}", part)
        merged["parameters"] += part.get("parameters", [])
        for name in _BY_MEASURE:
            merged[name].update(part.get(name, {}))
    return merged


def _read(folder: Path, name: str) -> dict[str, Any]:
    content = _parse(folder, name)
    _check_shape(name, content)
    return content


def _parse(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.toml"
    try:
        return tomllib.loads(_text(path))
    except (tomllib.TOMLDecodeError, RecursionError) as error:  # TOML itself refuses doubled keys
        raise NoticeDataError(f"{path.name}: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NoticeDataError(f"{path.name}: {error}") from error
