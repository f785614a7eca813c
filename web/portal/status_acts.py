"""The pages on which who filed does something: asked, checked, stored, and only then told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from marshmallow import ValidationError

from api.errors import AddressNotFound
from api.services import services
from casework.errors import Conflict, VersionChanged, WrongPart
from casework.views import status
from schemas.kit.format_errors import flatten
from schemas.kit.problem import FieldError
from web.parts.forms import typed
from web.parts.forms.drawing import draw
from web.parts.forms.shapes import Field, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import holding
from web.portal.act_pages import ACTS, ActPage
from web.portal.holding import Held, holder
from web.portal.pages import portal_pages

pages = portal_pages("status-acts")


@pages.route("/status/<code>", methods=["GET"])
@holder
def asked(held: Held, code: str) -> Response:
    act = _of(code)
    found = status.read(services().db, services().settings, held.receipt, held.access_code)
    if not act.is_open(found):
        return go_to(holding.ENTRY)
    kept = act.present(held) if act.present else {}
    return _drawn(act, kept, version=found.version)


@pages.route("/status/<code>", methods=["POST"])
@holder
def done(held: Held, code: str) -> Response:
    act = _of(code)
    sent = posted()
    kept = typed.keep(act.step, {}, sent.to_dict(flat=False))
    seen = holding.version_sent()
    version = next(iter(seen)) if seen else None
    try:
        read = act.schema.load(_given(act, kept))
    except ValidationError as refused:
        return _drawn(act, kept, list(flatten(refused.messages, "")), version=version)
    if act.is_of_version:
        if seen is None:
            # Nobody can say which state it was decided on.
            found = status.read(services().db, services().settings, held.receipt, held.access_code)
            return _drawn(act, kept, version=found.version, is_stale=True)
        read["versions"] = seen
    try:
        act.perform(held, **read)
    except VersionChanged as changed:
        return _drawn(act, kept, version=changed.version, is_stale=True)
    except WrongPart as wrong:
        fault = FieldError(wrong.pointer, wrong.code, wrong.detail)
        return _drawn(act, kept, [fault], version=version)
    except Conflict as late:
        return holding.not_done(late.detail)
    return holding.done(held, act.code)


def _of(code: str) -> ActPage:
    if code not in ACTS:
        raise AddressNotFound("没有这个页面。您可以做的事都列在查进度的页面上。")
    return ACTS[code]


def _given(act: ActPage, kept: Typed) -> dict[str, Any]:
    """What was typed, as the schema takes it; a grade is a whole number."""
    made: dict[str, Any] = {}
    for part in act.step.parts:
        text = kept.get(f"/{part.name}", "")
        if isinstance(part, Field) and text.strip():
            value = typed.read_value(part, text)
            made[part.name] = int(value) if part.options and text in "12345" else value
    return made


def _drawn(
    act: ActPage,
    kept: Typed,
    errors: Sequence[FieldError] = (),
    *,
    version: int | None,
    is_stale: bool = False,
) -> Response:
    drawn = draw(act.step, kept, errors)
    return page(
        "portal/act.html",
        409 if is_stale else 422 if errors else 200,
        act=act,
        drawn=drawn,
        version=version,
        is_stale=is_stale,
    )
