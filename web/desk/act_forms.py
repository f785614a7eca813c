"""An act on something of the desk, with the page that asks for it: the API's schemas, use cases.

What fails comes back with what was typed: a fault beside its field, a change by somebody else with
the version that stands now, what cannot be (any more) with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from flask import Response
from marshmallow import Schema

from web.desk.told import tell
from web.parts.forms import drawing, item_changes, typed
from web.parts.forms.of_schema import step_of
from web.parts.forms.refusal import Refusal, attempt
from web.parts.forms.shapes import Step, Typed
from web.parts.numbers import whole_number
from web.parts.page import go_to, page
from web.parts.posted import posted

_VERSION_DIGITS: Final = 15  # the largest are sums in fen


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act: its link, what its page says first, its button, what is said when it is done.

    `refused_at`: the field of what a use case finds wrong though the schema takes it.
    """

    code: str
    title: str
    lead: str
    button: str
    done: str
    schema: Schema
    perform: Callable[..., object]
    refused_at: str
    step: Step


class Subject(NamedTuple):
    """What is acted on: its name, its page, its version as it is now, the template that shows it
    with what that needs, and the fields that are asked of it if they are not all of the act's."""

    name: str
    address: str
    version: int
    template: str
    shown: object
    step: Step | None = None


def act(
    code: str,
    title: str,
    schema: Schema,
    perform: Callable[..., object],
    *,
    says: tuple[str, str, str],
    refused_at: str = "",
) -> ActForm:
    """An act on a page. `says`: what the page says first, its button, what is said when done."""
    return ActForm(
        code, title, *says, schema, perform, f"/{refused_at}", step_of(schema, code, title)
    )


def asked(form: ActForm, subject: Subject, begun: Typed) -> Response:
    """The page that asks for an act. `begun`: what its fields begin with."""
    return _page(form, subject, begun, subject.version)


def perform(
    form: ActForm, subject: Callable[[], Subject], do: Callable[..., object], back: str
) -> Response:
    """Do what the present form says, then lead back; or show the page again, as it was filled in.

    `subject`: read only where it is shown again; `do`: takes `versions` and what the schema read.
    """
    sent = posted()
    kept = typed.keep(form.step, {}, sent.to_dict(flat=False))
    version = _version(sent.get("version", ""))
    word, _, pointer = sent.get("do", "").partition(" ")
    if word in {drawing.ADD, drawing.REMOVE}:
        return _page(form, subject(), _changed(form.step, kept, word, pointer), version)

    def act() -> None:
        read = form.schema.load(typed.answers(form.step, kept))
        do(versions=frozenset({version}), **read)

    refused = attempt(act, form.refused_at)
    if refused is not None:
        return _page(form, subject(), kept, refused.version or version, refused)
    return tell(go_to(back), form.done)


def _page(
    form: ActForm,
    subject: Subject,
    kept: Typed,
    version: int,
    refused: Refusal | None = None,
) -> Response:
    drawn = drawing.draw(subject.step or form.step, kept, refused.faults if refused else ())
    return page(
        "desk/act.html",
        refused.status if refused else 200,
        act=form,
        subject=subject,
        drawn=drawn,
        version=version,
        refused=refused,
    )


def _changed(step: Step, kept: Typed, word: str, pointer: str) -> Typed:
    """With an item more, or without one."""
    changed = item_changes.change(step, kept, word, pointer)
    return kept if changed is None else typed.without_aside(changed.now)


def _version(text: str) -> int:
    """The version that a form was drawn from; 0, which nothing has, where it does not say."""
    return whole_number(text, _VERSION_DIGITS) or 0
