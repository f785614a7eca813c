"""The pages on which who filed does something: asked, checked, stored, and only then told."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.errors import AddressNotFound
from api.services import services
from casework.errors import VersionChanged
from casework.views import status
from schemas.status import Status
from web.parts.forms import typed
from web.parts.forms.drawing import draw
from web.parts.forms.refusal import Refusal, attempt
from web.parts.forms.shapes import Field, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import holding
from web.portal.act_pages import ACTS, UNCHANGED, ActPage
from web.portal.holding import Held, holder
from web.portal.pages import portal_pages

pages = portal_pages("status-acts")


@pages.route("/status/<code>", methods=["GET"])
@holder
def asked(held: Held, code: str) -> Response:
    act = _of(code)
    found = _read(held)
    if not act.is_open(found):
        return go_to(holding.ENTRY)
    kept = act.present(held) if act.present else {}
    return _drawn(held, act, kept, found.version)


@pages.route("/status/<code>", methods=["POST"])
@holder
def done(held: Held, code: str) -> Response:
    act = _of(code)
    sent = posted()
    kept = typed.keep(act.step, {}, sent.to_dict(flat=False))
    seen = holding.version_sent()
    version = next(iter(seen)) if seen else None

    after: object = None

    def do() -> None:
        nonlocal after
        read = act.schema.load(_given(act, kept))
        if act.is_of_version:
            if seen is None:
                # Nobody can say which state it was decided on.
                raise VersionChanged(_read(held).version)
            read["versions"] = seen
        after = act.perform(held, **read)

    refused = attempt(do)
    if refused is None:
        return holding.done(held, UNCHANGED if act.is_of_version and after == version else act.code)
    if refused.said:
        return holding.not_done(refused.said, refused.status)
    return _drawn(held, act, kept, refused.version or version, refused)


def _of(code: str) -> ActPage:
    if code not in ACTS:
        raise AddressNotFound("没有这个页面。您可以做的事都列在查进度的页面上。")
    return ACTS[code]


def _read(held: Held) -> Status:
    return status.read(services().db, services().settings, held.receipt, held.access_code)


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
    held: Held, act: ActPage, kept: Typed, version: int | None, refused: Refusal | None = None
) -> Response:
    drawn = draw(act.step, kept, refused.faults if refused else ())
    return page(
        "portal/act.html",
        refused.status if refused else 200,
        act=act,
        about=act.about(_read(held)) if act.about else None,
        drawn=drawn,
        version=version,
        is_stale=refused is not None and refused.is_stale,
    )
