"""What people type, as an application: and an application as people would have typed it.

Nothing is judged here. What can be read one way only is written the way the schema wants it; all
else goes to the schema as it stands, whose sentence comes back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from schemas.application import Submission, load_application
from schemas.form_set import FormsOf
from schemas.kit.format_errors import FormatErrors
from schemas.kit.problem import FieldError
from vocabulary.writing import half_width, tidy
from web.parts.forms.shapes import (
    COUNT,
    Control,
    Field,
    Form,
    Group,
    Part,
    Step,
    Typed,
    items,
    place_of,
)

ASIDE: Final = "~"
"""Begins the names of what is laid aside: no field's name does."""
_SUM: Final = re.compile(r"[¥￥]?\s*(\d{1,3}(?:[,，]\d{3})+|\d+)(\.\d+)?\s*元?(?:整)?", re.ASCII)
_DAY: Final = re.compile(
    # As tables show a day, with midnight behind it.
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:\s+0?0:00(?::00)?)?",
    re.ASCII,
)
_DAY_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?", re.ASCII)
_MONTH_DIGITS: Final = re.compile(r"(\d{4})(\d{2})", re.ASCII)
_COUNT: Final = re.compile(r"(\d{1,12})(?:\.00?)?\s*(?:[人家月个户名位]|个人|个月)?", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2})\s*(?:[:点时]\s*(\d{2})?\s*分?)", re.ASCII)
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%?", re.ASCII)


def read_value(field: Field, text: str) -> Any:
    """One answer as the schema wants it; the text itself where it can be read in no or two ways."""
    line = half_width(tidy(text)).translate({0x3002: "."})
    match field.control:
        case Control.YES_NO:
            return {"true": True, "false": False}.get(text, text)
        case Control.CHOICES:
            return text.split("\n")
        case Control.MONEY if found := _SUM.fullmatch(line):
            return re.sub("[,，]", "", found[1]) + (found[2] or "")
        case Control.WHOLE if found := _COUNT.fullmatch(line.replace(",", "")):
            return int(found[1])
        case Control.PERCENT if found := _RATE.fullmatch(line):
            return found[1]
        case Control.DATE if found := _DAY.fullmatch(line) or _DAY_DIGITS.fullmatch(line):
            return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
        case Control.MONTH if found := _MONTH.fullmatch(line) or _MONTH_DIGITS.fullmatch(line):
            return f"{found[1]}-{int(found[2]):02}"
        case Control.CLOCK if found := _CLOCK.fullmatch(line):
            return f"{int(found[1]):02}:{found[2] or '00'}"
    return text


def application(form: Form, typed: Typed) -> dict[str, Any]:
    """The whole application, without what is blank and without what does not apply."""
    made: dict[str, Any] = {"notice": form.notice, "provision": form.provision}
    for step in form.steps:
        part = step.at.removeprefix("/")
        made[part] = {**made.get(part, {}), **answers(step, typed)}
    return {"enterprise": {}, "facts": {}, **made}


def answers(step: Step, typed: Typed) -> dict[str, Any]:
    """What was answered in one step, without what is blank and without what does not apply."""
    return _object(step.parts, typed, step.at)


def check(
    form: Form, typed: Typed, forms_of: FormsOf, step: Step | None = None
) -> tuple[Submission | None, list[FieldError]]:
    """What the API would say of it: the application, or the faults; of one step alone its own."""
    try:
        return load_application(application(form, typed), forms_of), []
    except FormatErrors as refused:
        faults = refused.errors
    if step is None:
        return None, faults
    return None, [each for each in faults if form.step_of(each.pointer) is step]


def keep(
    step: Step,
    before: Typed,
    posted: Mapping[str, list[str]],
    shows: Callable[[str], bool] = bool,
) -> dict[str, str]:
    """What is typed after a page was sent: its own fields anew, others as they were.

    Takes each field's values as sent, and whether what stands at a pointer was on the page. What is
    not asked on the page is passed over; what does not apply at the moment and was not shown keeps
    its text, in case it applies again.
    """
    kept = dict(before)
    told = {name: values[-1] for name, values in posted.items()}
    on_page = shown(step, {**before, **told})
    for part in step.parts:
        for pointer, field in _asked(part, told, f"{step.at}/{part.name}"):
            if not shows(pointer):
                continue
            if pointer in posted:
                kept[pointer] = "\n".join(filter(None, posted[pointer]))
            elif field is not None and field.control is Control.CHOICES and pointer in on_page:
                kept.pop(pointer, None)
    return {name: text for name, text in kept.items() if text}


def shown(step: Step, typed: Typed) -> frozenset[str]:
    """The fields of a step that are asked, as things stand."""
    return frozenset(_shown(step.parts, typed, step.at))


def asked(step: Step, typed: Typed) -> Iterator[str]:
    """Every name that the page of a step asks for, whether it applies at the moment or not."""
    for part in step.parts:
        for name, _ in _asked(part, typed, f"{step.at}/{part.name}"):
            yield name


def add_item(typed: Typed, at: str, shown: int) -> dict[str, str]:
    """One more item in the group at a pointer, of which so many are shown."""
    return {**typed, at + COUNT: str(shown + 1)}


def remove_item(typed: Typed, at: str, place: int, shown: int) -> dict[str, str]:
    """Without one item, those after it one place further up."""
    kept: dict[str, str] = {}
    for name, text in typed.items():
        found, rest = _placed(name, at)
        if found is None or found < place:
            kept[name] = text
        elif found > place:
            kept[f"{at}/{found - 1}/{rest}"] = text
    return {**kept, at + COUNT: str(max(0, shown - 1))}


def remove_shown(typed: Typed, at: str, place: int, shown: int) -> dict[str, str]:
    """Without one item, which is laid aside until the next one is removed."""
    begins = f"{at}/{place}/"
    aside = {
        f"{ASIDE}{name}": text for name, text in typed.items() if name.startswith(begins) and text
    }
    kept = remove_item(without_aside(typed), at, place, shown)
    return {**kept, **aside, ASIDE: begins}


def laid_aside(typed: Typed) -> tuple[str, int] | None:
    """The group and the place of the item that was removed last."""
    at, _, place = typed.get(ASIDE, "").removesuffix("/").rpartition("/")
    found = place_of(place)
    return (at, found) if at and found is not None else None


def restore_item(typed: Typed, shown: int) -> dict[str, str]:
    """With the item that was removed last where it was, those after it one place further down."""
    found = laid_aside(typed)
    if found is None:
        return dict(typed)
    at, place = found
    back = {name.removeprefix(ASIDE): text for name, text in typed.items() if name != ASIDE}
    back = {name: text for name, text in back.items() if ASIDE + name in typed}
    kept: dict[str, str] = {}
    for name, text in without_aside(typed).items():
        number, rest = _placed(name, at)
        if number is not None and number >= place:
            kept[f"{at}/{number + 1}/{rest}"] = text
        else:
            kept[name] = text
    return {**kept, **back, at + COUNT: str(shown + 1)}


def _placed(name: str, at: str) -> tuple[int | None, str]:
    """Which item of the group at a pointer a name is of, and what of that item."""
    number, _, rest = name.removeprefix(at + "/").partition("/")
    return place_of(number) if name.startswith(at + "/") else None, rest


def without_aside(typed: Typed) -> dict[str, str]:
    """What was typed, without the item that was removed last."""
    return {name: text for name, text in typed.items() if not name.startswith(ASIDE)}


def as_typed(form: Form, document: Mapping[str, Any]) -> dict[str, str]:
    """An application as its form would be filled in."""
    made: dict[str, str] = {}
    for step in form.steps:
        given = document.get(step.at.removeprefix("/"), {})
        made.update(_flat(step.parts, given, step.at))
    return made


def _object(parts: tuple[Part, ...], typed: Typed, at: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in parts:
        if part.where is not None and not part.where.holds(typed, at):
            continue
        here = f"{at}/{part.name}"
        value: Any
        if isinstance(part, Field):
            text = typed.get(here, "")
            value = read_value(part, text) if text.strip() else None
        elif part.most is None:
            value = _object(part.parts, typed, here)
        else:
            value = [
                _object(part.parts, typed, f"{here}/{place}")
                for place in range(items(part, typed, here))
            ]
            while value and not value[-1]:  # a last item that nobody has begun
                value.pop()
        if value not in (None, {}, []):
            made[part.name] = value
    return made


def _shown(parts: tuple[Part, ...], typed: Typed, at: str) -> Iterator[str]:
    for part in parts:
        here = f"{at}/{part.name}"
        if part.where is not None and not part.where.holds(typed, at):
            continue
        if isinstance(part, Field):
            yield here
        elif part.most is None:
            yield from _shown(part.parts, typed, here)
        else:
            for place in range(items(part, typed, here)):
                yield from _shown(part.parts, typed, f"{here}/{place}")


def _asked(part: Part, told: Typed, at: str) -> Iterator[tuple[str, Field | None]]:
    """Every name that a page asks for: of fields, and of the numbers of items."""
    if isinstance(part, Field):
        yield at, part
    elif part.most is None:
        for each in part.parts:
            yield from _asked(each, told, f"{at}/{each.name}")
    else:
        yield at + COUNT, None
        for place in range(items(part, told, at)):
            for each in part.parts:
                yield from _asked(each, told, f"{at}/{place}/{each.name}")


def _flat(parts: tuple[Part, ...], given: Mapping[str, Any], at: str) -> dict[str, str]:
    made: dict[str, str] = {}
    for part in parts:
        value = given.get(part.name)
        here = f"{at}/{part.name}"
        if value is None:
            continue
        if isinstance(part, Group) and part.most is not None:
            made[here + COUNT] = str(len(value))
            for place, each in enumerate(value):
                made.update(_flat(part.parts, each, f"{here}/{place}"))
        elif isinstance(part, Group):
            made.update(_flat(part.parts, value, here))
        elif isinstance(value, bool):
            made[here] = "true" if value else "false"
        else:
            made[here] = "\n".join(value) if isinstance(value, list) else str(value)
    return made
