"""The questions of a screening as fields of the forms, and what is made of their answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from casework.intake import interview
from casework.notices import editions
from config.settings import Settings
from schemas.form_set import FormsOf
from schemas.kit.format_errors import InvalidRequest
from schemas.kit.problem import FieldError
from schemas.screenings import Screening, load_screening
from vocabulary.days import plain_day
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import COUNT, Control, Field, Step, Typed
from web.parts.forms.typed import read_value
from web.parts.writing import yuan


def step_at(settings: Settings, pointer: str) -> Step | None:
    """A step that asks for one field, as the first form has it that does."""
    current = editions.edition(settings.notice_id)
    for code in current.notice.provisions:
        if interview.asked_by(settings, code, pointer):
            form = form_of(current.notice.id, code)
            step = form.alone(pointer) if form else None
            # Every answer may be left out: to say so beside each tells nothing.
            if step is None or not isinstance(step.parts[0], Field):
                return step
            return replace(step, parts=(replace(step.parts[0], is_optional=False),))
    return None


def field_at(settings: Settings, pointer: str) -> Field | None:
    """The field alone."""
    step = step_at(settings, pointer)
    part = step.parts[0] if step else None
    return part if isinstance(part, Field) else None


def answers(settings: Settings, typed: Typed) -> dict[str, Any]:
    """What was typed as a form takes it; what no question asks is passed over."""
    asked = {
        each for question in interview.interview(settings).questions for each in question.pointers
    }
    made: dict[str, Any] = {}
    for pointer, text in typed.items():
        found = field_at(settings, pointer) if pointer in asked and text.strip() else None
        if found is not None:
            made[pointer] = read_value(found, text)
    return made


def check(
    settings: Settings, typed: Typed, forms_of: FormsOf
) -> tuple[Screening | None, list[FieldError]]:
    """The screening that the API would make of it, or the faults, each where it was asked."""
    try:
        said = interview.body(settings, answers(settings, typed))
        return load_screening(said, forms_of), []
    except InvalidRequest as refused:
        return None, list({each.pointer: each for each in _placed(refused.errors)}.values())


def _placed(errors: Iterable[FieldError]) -> Iterable[FieldError]:
    """A fault of one form's answer, where it was asked for all of them."""
    for each in errors:
        part, *way = each.pointer.split("/")[1:]
        at = "/".join(["", part, *(way[1:] if part == "facts" else way)])
        yield FieldError(at, each.code, each.message)


def shown(settings: Settings, pointer: str, typed: Typed) -> tuple[str, str] | None:
    """A well-formed answer as it was understood: what it is called, what was said."""
    found = field_at(settings, pointer)
    if found is None or not typed.get(pointer):
        return None
    value = read_value(found, typed[pointer])
    match found.control:
        case Control.MONEY:
            text = yuan(Decimal(value))
        case Control.DATE:
            text = plain_day(date.fromisoformat(value))
        case _:
            text = dict(found.options).get(typed[pointer]) or f"{value}{found.unit}"
    return found.label, text


def filled(settings: Settings, provision: str, typed: Typed) -> dict[str, str]:
    """What was said, as the form of one provision holds it."""
    made = {
        pointer: text
        for pointer, text in typed.items()
        if pointer in answers(settings, typed) and interview.asked_by(settings, provision, pointer)
    }
    lists = {pointer.partition("/0/")[0] for pointer in made if "/0/" in pointer}
    return {**made, **{at + COUNT: "1" for at in sorted(lists)}}
