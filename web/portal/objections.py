"""Objecting to what is publicised: said, a code typed back, the answer read at the same address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import ValidationError

from api.auth import limited, linked, public, tried
from api.errors import AddressNotFound
from api.limits import Limiter
from api.paths import secret as checked
from api.services import services
from casework.errors import WrongPart
from casework.fulfilment import objections
from casework.fulfilment.objections import (
    GrantNotFound,
    ObjectionCodeRefused,
    ObjectionNotFound,
)
from casework.reporting import publicity
from schemas.acts import CodeSchema
from schemas.kit.format_errors import flatten
from schemas.kit.problem import FieldError
from schemas.objections import NewObjectionSchema
from schemas.publicity import Grant
from web.parts.forms import typed
from web.parts.forms.drawing import draw
from web.parts.forms.of_schema import step_of
from web.parts.forms.shapes import Control, Field, Step, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal.pages import portal_pages

pages = portal_pages("objections")

_SAID: Final = NewObjectionSchema()
_SAYING: Final = step_of(_SAID, "objection", "提出异议")
_CODE: Final = CodeSchema()
_CODE_STEP: Final = step_of(_CODE, "code", "核实联系方式")
_TYPING: Final = replace(
    _CODE_STEP,
    parts=tuple(
        replace(each, control=Control.DIGITS, autocomplete="one-time-code")
        for each in _CODE_STEP.parts
        if isinstance(each, Field)
    ),
)


@pages.route("/publicity/<grant>/objection", methods=["GET"])
@public
def asked(grant: str) -> Response:
    about = _grant(grant)
    return page("portal/objection.html", about=about, drawn=draw(_SAYING, {}, ()))


@pages.route("/publicity/<grant>/objection", methods=["POST"])
@public
@limited(Limiter.code)
def said(grant: str) -> Response:
    about, made = _grant(grant), services()
    kept = typed.keep(_SAYING, {}, posted().to_dict(flat=False))
    try:
        read = _SAID.load(_given(_SAYING, kept))
        told = objections.ask(made.db, made.settings, grant, **read)
    except ValidationError as refused:
        return _again("portal/objection.html", _SAYING, kept, _faults(refused), about=about)
    except WrongPart as wrong:
        fault = FieldError(wrong.pointer, wrong.code, wrong.detail)
        return _again("portal/objection.html", _SAYING, kept, [fault], about=about)
    return go_to(f"/objections/{told.objection}")


@pages.route("/objections/<secret>", methods=["GET"])
@linked
def standing(secret: str) -> Response:
    return page("portal/objection_standing.html", **_shown(secret), drawn=draw(_TYPING, {}, ()))


@pages.route("/objections/<secret>", methods=["POST"])
@tried
@limited(Limiter.code)
def confirmed(secret: str) -> Response:
    made, shown = services(), _shown(secret)
    kept = typed.keep(_TYPING, {}, posted().to_dict(flat=False))
    try:
        read: dict[str, Any] = _CODE.load(_given(_TYPING, kept))
        objections.confirm(made.db, made.settings, secret, **read)
    except ValidationError as refused:
        return _again("portal/objection_standing.html", _TYPING, kept, _faults(refused), **shown)
    except ObjectionCodeRefused as wrong:
        fault = FieldError("/code", wrong.code, wrong.detail)
        return _again("portal/objection_standing.html", _TYPING, kept, [fault], **shown)
    return go_to(f"/objections/{secret}")


def _grant(handle: str) -> Grant:
    """What is objected to. Raises GrantNotFound."""
    found = publicity.read_grant(services().db, checked(handle, GrantNotFound))
    if found is None:
        raise GrantNotFound
    return found


def _shown(secret: str) -> dict[str, Any]:
    made = services()
    try:
        named = checked(secret, ObjectionNotFound)
        found = objections.read(made.db, made.settings, named)
    except ObjectionNotFound:
        raise AddressNotFound("没有这份异议。请核对收藏的地址有没有漏字。") from None
    return {"found": found, "days": made.settings.practice.objection}


def _again(
    template: str, step: Step, kept: Typed, errors: Sequence[FieldError], **more: Any
) -> Response:
    return page(template, 422, drawn=draw(step, kept, errors), **more)


def _given(step: Step, kept: Typed) -> dict[str, str]:
    texts = {each.name: kept.get(f"/{each.name}", "") for each in step.parts}
    return {name: text for name, text in texts.items() if text.strip()}


def _faults(refused: ValidationError) -> list[FieldError]:
    return list(flatten(refused.messages, ""))
