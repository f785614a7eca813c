"""A form out of the schemas that read its application."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, Final

from marshmallow import Schema, fields

from casework.notices.editions import Edition, edition
from schemas.enterprise import ENTERPRISE
from schemas.kit import fields as kinds
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import NEEDED, OF_MOST
from schemas.payments import AccountNumber
from schemas.visits import ClockField
from web.parts.forms.shapes import Control, Field, Form, Group, Part, Step, Where

Options = tuple[tuple[str, str], ...]
ENTERPRISE_STEP: Final = "申报单位"
FACTS_STEP: Final = "申请事项"
YES_NO: Final = (("true", "是"), ("false", "否"))

# The most special kind first.
_CONTROLS: Final[tuple[tuple[type[fields.Field[Any]], Control], ...]] = (
    (kinds.Phone, Control.PHONE),
    (kinds.Uscc, Control.CODE),
    (AccountNumber, Control.DIGITS),
    (kinds.EmailAddress, Control.MAIL),
    (kinds.Choice, Control.CHOICE),
    (kinds.YesNo, Control.YES_NO),
    (kinds.Money, Control.MONEY),
    (kinds.Percent, Control.PERCENT),
    (kinds.Whole, Control.WHOLE),
    (kinds.DateField, Control.DATE),
    (kinds.Month, Control.MONTH),
    (ClockField, Control.CLOCK),
    (fields.String, Control.TEXT),
)
_UNIT: Final = re.compile(r"^(.*)（(元|人|月|平方米|%|%/年)）$")
_ONES_OWN: Final = {
    "/enterprise/name": "organization",
    "/enterprise/contact/name": "name",
    "/enterprise/contact/phone": "tel",
    "/enterprise/contact/email": "email",
}


def form_of(notice_id: str, provision: str) -> Form | None:
    """The form of a provision of a notice; None for an unknown provision.

    Raises NoticeDataError for an unknown notice.
    """
    current = edition(notice_id)
    return _made(current, provision) if provision in current.notice.provisions else None


def step_of(schema: Schema, code: str, title: str) -> Step:
    """What a schema of its own asks, on one page."""
    return Step(code, title, "", tuple(_parts(schema, "")))


def with_options(step: Step, options: Mapping[str, Options]) -> Step:
    """The same, where some fields are chosen from a list, by their names."""
    return replace(step, parts=tuple(_chosen(part, options) for part in step.parts))


def _chosen(part: Part, options: Mapping[str, Options]) -> Part:
    if isinstance(part, Field) and part.name in options:
        # Yes and no in words of its own is read as yes and no still.
        control = part.control if part.control is Control.YES_NO else Control.CHOICE
        # What a choice means stands beside it; code and help are for who sends a value.
        label = part.label.removesuffix("代码")
        return replace(part, label=label, help="", control=control, options=options[part.name])
    return part


@cache
def _made(current: Edition, provision: str) -> Form:
    own = current.forms.forms[provision]
    title = str(current.notice.provisions[provision]["title"])
    about_them = _steps(ENTERPRISE, "enterprise", ENTERPRISE_STEP)
    steps = (*about_them, *_steps(own, "facts", FACTS_STEP))
    return Form(current.notice.id, provision, title, steps)


def _steps(schema: Schema, part: str, title: str) -> Iterator[Step]:
    """What is asked once on one page, and a page for each thing of which there may be several."""
    at = f"/{part}"
    parts = tuple(_parts(schema, at))
    once = tuple(each for each in parts if isinstance(each, Field) or each.most is None)
    if once:
        yield Step(part, title, at, once)
    for each in parts:
        if isinstance(each, Group) and each.most is not None:
            yield Step(each.name, each.label, at, (each,))


def _parts(schema: Schema, at: str) -> Iterator[Part]:
    for name, field in schema.load_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield _group(name, field, inner.schema, at)
        else:
            yield _field(name, field, inner, at)


def _group(name: str, field: fields.Field[Any], schema: Schema, at: str) -> Group:
    told = field.metadata
    return Group(
        name=name,
        label=str(told.get("title", name)),
        help=_help(told),
        parts=tuple(_parts(schema, f"{at}/{name}")),
        most=field.most if isinstance(field, BoundedList) else None,
        is_needed=bool(told.get("x-needed-to-decide")),
        where=_where(told),
    )


def _field(name: str, field: fields.Field[Any], inner: fields.Field[Any], at: str) -> Field:
    told = field.metadata
    control = next(control for kind, control in _CONTROLS if isinstance(inner, kind))
    if inner is not field:
        control = Control.CHOICES
    elif isinstance(field, kinds.Text) and field.lines:
        control = Control.LINES
    title = str(told.get("title", name))
    measured = _UNIT.match(title)
    options: tuple[tuple[str, str], ...] = ()
    if isinstance(inner, kinds.Choice):
        options = tuple(inner.labels.items())
    elif control is Control.YES_NO:
        options = YES_NO
    return Field(
        name=name,
        label=measured[1] if measured else title,
        help=_of_yes_no(_help(told)) if control is Control.YES_NO else _help(told),
        source=str(told.get("x-source", "")),
        control=control,
        options=options,
        is_required=field.required,
        is_needed=bool(told.get("x-needed-to-decide")),
        is_optional=not (field.required or told.get("x-needed-to-decide") or told.get(OF_MOST)),
        longest=inner.max_length if isinstance(inner, kinds.Text) else None,
        unit=measured[2] if measured else "",
        autocomplete=_ONES_OWN.get(f"{at}/{name}", "off"),
        where=_where(told),
    )


def _help(told: Mapping[str, Any]) -> str:
    """How to fill it in, without the remark for programs that nothing is decided without it."""
    return str(told.get("description", "")).removesuffix(f"（{NEEDED}）")


def _of_yes_no(told: str) -> str:
    """In the words that are chosen from, where it speaks of the values that programs send."""
    for value, (_, label) in zip(("true ", "false "), YES_NO, strict=True):
        if told.startswith(value):
            return f"选{label}的，{told.removeprefix(value)}"
    return told


def _where(told: Mapping[str, Any]) -> Where | None:
    asked = told.get("asked_where")
    return None if asked is None else Where(asked[0], frozenset(asked[1]))
