"""A setting is declared once: as a field of a dataclass that carries its variable.

    lease_seconds: int = field(
        default=60,
        metadata=variable("LEASE_SECONDS", Whole(1, 3600, Unit.SECONDS), "a lease", "占用时间"),
    )

The environment is read from these declarations, and so is the table of the READMEs
(`config/table.py`); `docker-compose.yml` is compared with them by a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, time
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Final, NamedTuple

OFF: Final = "off"
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_KEY: Final = "variable"
_YUAN: Final = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Text(NamedTuple):
    """The same in English and in Chinese."""

    english: str
    chinese: str


class Unit(Text, Enum):
    """What a whole number counts."""

    NONE = Text("", "")
    SECONDS = Text("seconds", "秒")
    HOURS = Text("hours", "小时")
    DAYS = Text("days", "天")
    WORKING_DAYS = Text("working days", "个工作日")
    BYTES = Text("bytes", "字节")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `low` to `high`."""

    low: int
    high: int
    unit: Unit = Unit.NONE

    def __call__(self, raw: str) -> int:
        # int() alone would also take "1_000", "+5" and full-width digits.
        if not (raw.isascii() and raw.isdigit()) or not self.low <= int(raw) <= self.high:
            raise ValueError(f"must be a whole number from {self.low} to {self.high}, not {raw!r}")
        return int(raw)


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment.

    `parse` raises ValueError with a text that makes a sentence after the variable's name. `unset`:
    what stands for the default in the table where the default itself would say nothing.
    `practice`: local practice, which people are never shown as the notice's words. `fixed`: why an
    administrator does not change it while the system runs (`config.dated`), to administrators.
    `in_containers`: whether docker-compose.yml hands it to the containers.
    """

    name: str
    parse: Callable[[str], Any]
    help: Text
    unset: Text | None = None
    practice: bool = False
    fixed: str = ""
    in_containers: bool = True

    @property
    def file(self) -> str:
        """What names a file that holds the value instead, where it is a secret: what stands in the
        environment is read by whoever may look at a process."""
        return f"{self.name}_FILE"


def variable(
    name: str, parse: Callable[[str], Any], english: str, chinese: str, **more: Any
) -> Mapping[str, Variable]:
    """The metadata that makes a dataclass field a setting."""
    return {_KEY: Variable(name, parse, Text(english, chinese), **more)}


class Declared(NamedTuple):
    """A setting: the field that holds it, its variable, its default (MISSING: it must be set);
    whether its value is a secret, or a URL that may hold one."""

    field: str
    variable: Variable
    default: Any
    is_secret: bool

    @property
    def is_path(self) -> bool:
        """Whether it names something on the disk."""
        return self.variable.parse in (existing_file, existing_folder, Path)


def declared(settings: type) -> list[Declared]:
    """The settings that a dataclass declares, in the order of its fields."""
    return [
        Declared(item.name, item.metadata[_KEY], _default(item), is_secret=not item.repr)
        for item in fields(settings)
        if _KEY in item.metadata
    ]


def read(settings: list[Declared], env: Mapping[str, str], wrong: list[str]) -> dict[str, Any]:
    """The values of `env` by field, parsed; what is wrong is added to `wrong`, a sentence each.

    An empty variable counts as unset, so that `${NAME:-}` in a compose file means the default.
    """
    values: dict[str, Any] = {}
    for item in settings:
        try:
            named, raw = _raw(item, env)
        except ValueError as error:
            wrong.append(str(error))
            continue
        if raw:
            try:
                values[item.field] = item.variable.parse(raw)
            except ValueError as error:
                wrong.append(f"{named} {error}")
        elif item.default is MISSING:
            wrong.append(f"{item.variable.name} is not set")
    return values


def is_given(env: Mapping[str, str], name: str) -> bool:
    """Whether `env` has a variable that is secret, or names a file for it."""
    return bool(env.get(name) or env.get(f"{name}_FILE"))


def _raw(item: Declared, env: Mapping[str, str]) -> tuple[str, str]:
    """What a value is called where it is wrong, and the value. Raises ValueError, a sentence."""
    variable = item.variable
    raw = env.get(variable.name, "").strip()
    path = env.get(variable.file, "").strip() if item.is_secret else ""
    if not path:
        return variable.name, raw
    if raw:
        raise ValueError(f"{variable.name} and {variable.file} are both set")
    try:
        return f"{variable.file} {path}:", Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise ValueError(f"{variable.file} {path}: {reason}") from error


def _default(item: Any) -> Any:
    return item.default if item.default_factory is MISSING else item.default_factory()


def text(raw: str) -> str:
    """Any text."""
    return raw


def log_level(raw: str) -> str:
    """How serious what is logged is at least."""
    if raw.upper() not in LOG_LEVELS:
        raise ValueError(f"must be one of {', '.join(LOG_LEVELS)}, not {raw!r}")
    return raw.upper()


def flag(raw: str) -> bool:
    """0 or 1."""
    if raw not in {"0", "1"}:
        raise ValueError(f"must be 0 or 1, not {raw!r}")
    return raw == "1"


def yuan(raw: str) -> Decimal:
    """An amount of money."""
    if not _YUAN.fullmatch(raw):
        raise ValueError(f"must be an amount in yuan such as 100000.00, not {raw!r}")
    return Decimal(raw)


def yuan_or_off(raw: str) -> Decimal | None:
    """An amount of money, or None for "off"."""
    return None if raw == OFF else yuan(raw)


class NamedYuan(NamedTuple):
    """An amount of money under a name."""

    name: str
    amount: Decimal


def yuan_by_name(raw: str) -> tuple[NamedYuan, ...]:
    """Amounts of money, each under a name of its own."""
    found = []
    for part in raw.split(","):
        name, _, amount = (each.strip() for each in part.partition("="))
        if not name or not _YUAN.fullmatch(amount):
            raise ValueError(f"must be of the form 一=1000000.00,二=500000.00, not {raw!r}")
        found.append(NamedYuan(name, Decimal(amount).quantize(Decimal("0.01"))))
    if len({each.name for each in found}) < len(found):
        raise ValueError(f"must name each once, not {raw!r}")
    return tuple(found)


def a_day(raw: str) -> date:
    """A day of the calendar."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueError(f"must be a day such as 2027-06-30, not {raw!r}") from None


def existing_file(raw: str) -> Path:
    """The path of a file."""
    path = Path(raw)
    if not path.is_file():
        raise ValueError(f"names no file: {raw!r}")
    return path


def existing_folder(raw: str) -> Path:
    """The path of a folder."""
    path = Path(raw)
    if not path.is_dir():
        raise ValueError(f"names no folder: {raw!r}")
    return path


def span_of_day(raw: str) -> tuple[time, time] | None:
    """From when until when, or None for "off"."""
    if raw == OFF:
        return None
    begins, _, ends = raw.partition("-")
    if not (_CLOCK.fullmatch(begins) and _CLOCK.fullmatch(ends)) or begins == ends:
        raise ValueError(f'must be of the form 20:00-08:00 or "{OFF}", not {raw!r}')
    return time.fromisoformat(begins), time.fromisoformat(ends)


def time_of_day(raw: str) -> time | None:
    """A time, or None for "off"."""
    if raw == OFF:
        return None
    if not _CLOCK.fullmatch(raw):
        raise ValueError(f'must be of the form 09:30 or "{OFF}", not {raw!r}')
    return time.fromisoformat(raw)
