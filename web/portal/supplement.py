"""Answering a request to supplement: the fields that were named, and no others."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from api.services import services
from casework.acts import supplement
from casework.documents.handing_in import ByCode
from casework.errors import VersionChanged
from casework.views import own_data, status
from schemas.kit.format_errors import InvalidRequest
from schemas.kit.problem import FieldError
from schemas.status import OpenSupplement
from vocabulary.cases import Act
from web.parts.forms import typed
from web.parts.forms.drawing import Drawn, draw
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import Step, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted, takes_files
from web.portal import handing_in, holding
from web.portal.handing_in import RefusedFile
from web.portal.holding import Held, holder
from web.portal.pages import portal_pages

pages = portal_pages("supplement")

_CLOSED = "这份申请刚刚有变化，现在没有要补的内容。"


@pages.route("/status/supplement", methods=["GET"])
@holder
def asked(held: Held) -> Response:
    return _answered(held, None)


@pages.route("/status/supplement", methods=["POST"])
@takes_files
@holder
def answer(held: Held) -> Response:
    taken = handing_in.take(ByCode(held.receipt, held.access_code))
    return _answered(held, posted().to_dict(flat=False), taken.refused)


def _answered(
    held: Held, sent: dict[str, list[str]] | None, refused: Sequence[RefusedFile] = ()
) -> Response:
    made = services()
    found = status.read(made.db, made.settings, held.receipt, held.access_code)
    form = form_of(found.notice, found.provision)
    wanted = found.supplement
    if Act.ANSWER_SUPPLEMENT not in found.actions or wanted is None or form is None:
        return go_to(holding.ENTRY) if sent is None else holding.not_done(_CLOSED)
    given = own_data.answers(made.db, made.settings, held.receipt, held.access_code)
    now = typed.as_typed(form, given)
    steps = [step for each in wanted.fields if (step := form.alone(each.pointer))]
    if sent is None:
        return _drawn(wanted, steps, now, version=found.version)
    for step in steps:
        now = typed.keep(step, now, sent)
    if refused:
        return _drawn(wanted, steps, now, version=found.version, refused=refused)
    _, faults = typed.check(form, now, made.forms_of)
    own = [each for each in faults if any(_is_of(step, each.pointer) for step in steps)]
    if own:
        return _drawn(wanted, steps, now, own, version=found.version)
    whole = typed.application(form, now)
    values = {each.pointer: _at(whole, each.pointer) for each in wanted.fields}
    answered = {pointer: value for pointer, value in values.items() if value is not None}
    if not answered and wanted.fields:
        first = wanted.fields[0].pointer
        lacks = [FieldError(first, "required", "此项必填。")]
        return _drawn(wanted, steps, now, lacks, version=found.version)
    try:
        supplement.answer(
            made.db,
            made.settings,
            held.receipt,
            held.access_code,
            answered,
            versions=holding.version_sent(),
        )
    except InvalidRequest as invalid:
        return holding.not_done("".join(each.message for each in invalid.errors))
    except VersionChanged as changed:
        return _drawn(wanted, steps, now, version=changed.version, is_stale=True)
    return holding.done(held, "supplement")


def _is_of(step: Step, pointer: str) -> bool:
    at = f"{step.at}/{step.parts[0].name}"
    return pointer == at or pointer.startswith(at + "/")


def _at(document: object, pointer: str) -> object:
    for name in pointer.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(name)] if int(name) < len(document) else None
        else:
            document = document.get(name) if isinstance(document, dict) else None
    return document


def _drawn(
    wanted: OpenSupplement,
    steps: Sequence[Step],
    now: Typed,
    errors: Sequence[FieldError] = (),
    *,
    version: int,
    is_stale: bool = False,
    refused: Sequence[RefusedFile] = (),
) -> Response:
    shown: list[Drawn] = [draw(step, now, errors) for step in steps]
    faults = [fault for each in shown for fault in each.faults]
    labels = [each.label for each in wanted.fields]
    return page(
        "portal/supplement.html",
        409 if is_stale else 422 if errors or refused else 200,
        wanted=wanted,
        asked=list(zip(labels, shown, strict=False)),
        faults=faults,
        version=version,
        is_stale=is_stale,
        refused=refused,
    )
