"""Local practice that administrators change while the system runs: the environment says what holds
until the day of the first change (`casework.docket.practice`)."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any, Final, NamedTuple

from config.channels import Contact
from config.declared import (
    Declared,
    Whole,
    declared,
    span_of_day,
    time_of_day,
    yuan,
    yuan_by_name,
    yuan_or_off,
)
from config.practice import Change, Practice
from config.settings import Settings

Addresses = tuple[tuple[str, tuple[Contact, ...]], ...]
"""By recipient how a bureau, or its head, is reached."""

_NONE: Final = "不设"
_FORMS: Final[dict[Any, str]] = {
    yuan: "金额（元），如100000.00",
    yuan_or_off: "金额（元），如5000.00；off为不设",
    yuan_by_name: "形如一=1000000.00,二=500000.00",
    span_of_day: "形如20:00-08:00；off为不设",
    time_of_day: "形如09:30；off为不设",
}


class Dated(NamedTuple):
    """A change as it is stored. `value`: as one writes it in the environment; None: as the system
    was deployed."""

    name: str
    value: str | None
    since: date


def parameters() -> dict[str, Declared]:
    """Every setting that is local practice, by the name of its variable."""
    found = [*declared(Settings), *declared(Practice)]
    return {each.variable.name: each for each in found if each.variable.practice}


def present(settings: Settings, parameter: Declared) -> Any:
    """What a parameter is."""
    held = settings if hasattr(settings, parameter.field) else settings.practice
    return getattr(held, parameter.field)


def changed(
    deployed: Settings, stored: Sequence[Dated], day: date, addresses: Addresses = ()
) -> Settings:
    """The settings as they are on a day. `stored`: what was agreed upon, by its day; `addresses`:
    of the bureaus that were given others.

    Takes what `is_value` alone.
    """
    known = parameters()
    values: dict[str, Any] = {}
    changes = []
    for each in stored:
        if each.since > day:
            continue
        parameter = known[each.name]
        default, name = present(deployed, parameter), parameter.field
        changes.append(Change(name, each.since, values.get(name, default)))
        values[name] = default if each.value is None else parameter.variable.parse(each.value)
    made = copy(deployed)  # with what it has read from files
    own = {name: value for name, value in values.items() if hasattr(deployed, name)}
    rest = {name: value for name, value in values.items() if name not in own}
    own |= {
        "practice": replace(deployed.practice, **rest, changes=tuple(changes)),
        "changed_addresses": addresses,
        "changed_from": deployed,
    }
    for name, value in own.items():
        object.__setattr__(made, name, value)
    return made


def is_value(change: Dated) -> bool:
    """Whether a change is one of a parameter as it is declared now: of an earlier release it may
    not be."""
    parameter = parameters().get(change.name)
    if parameter is None or parameter.variable.fixed:
        return False
    try:
        if change.value is not None:
            parameter.variable.parse(change.value)
    except ValueError:
        return False
    return True


def form_of(parameter: Declared) -> str:
    """How a parameter's value is written, to people."""
    parse = parameter.variable.parse
    if isinstance(parse, Whole):
        return f"{parse.low}到{parse.high}{parse.unit.chinese}"
    return _FORMS.get(parse, "")


def text_of(parameter: Declared, value: Any) -> str:
    """A parameter's value as people read it."""
    parse = parameter.variable.parse
    if isinstance(parse, Whole):
        return f"{value}{parse.unit.chinese}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}元"
    if isinstance(value, tuple) and value and isinstance(value[0], time):
        return "—".join(f"{each:%H:%M}" for each in value)
    if isinstance(value, tuple) and value:
        return "、".join(f"{each.name}：{each.amount:,.2f}元" for each in value)
    return str(value) if value else _NONE
