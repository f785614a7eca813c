"""Answering a request to supplement: the fields that were named, and no others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from flask import Response

from api.services import services
from casework.acts import supplement
from casework.errors import VersionChanged
from casework.views import own_data, status
from schemas.kit.format_errors import InvalidRequest, pointer
from schemas.kit.problem import FieldError
from schemas.status import Status
from vocabulary.cases import Act
from vocabulary.events import EventType
from web.parts.forms import leaves, typed
from web.parts.forms.drawing import Drawn, Fault, draw
from web.parts.forms.of_schema import form_of
from web.parts.forms.sentences import to_people
from web.parts.forms.shapes import Control, Field, Step, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted, takes_files
from web.portal import earlier_files, handing_in, holding, status_documents, supplement_lists
from web.portal.answers import written
from web.portal.handing_in import RefusedFile
from web.portal.holding import Held, holder
from web.portal.pages import portal_pages
from web.portal.supplement_lists import Sheet

pages = portal_pages("supplement")

_PAPERS: Final = "/documents/"
_EXAMPLES: Final = {
    Control.MONEY: "30000.00",
    Control.WHOLE: "12",
    Control.PERCENT: "1.99",
    Control.DATE: "2020年3月1日",
    Control.MONTH: "2020年3月",
}
_CLOSED = "这份申请刚刚有变化，现在没有要补的内容。"


@pages.route("/status/supplement", methods=["GET"])
@holder
def shown(held: Held) -> Response:
    return _answered(held, None)


@pages.route("/status/supplement", methods=["POST"])
@takes_files
@holder
def answer(held: Held) -> Response:
    taken = handing_in.take(status_documents.code_of(held))
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
    filed = typed.as_typed(form, given)
    steps = [step for each in wanted.fields if (step := form.alone(each.pointer))]
    asked = Reopened(held, found, steps, filed)
    if sent is None:
        sheet = supplement_lists.first(steps, filed)
        return _drawn(asked, sheet, version=found.version)
    sheet = supplement_lists.sent(steps, filed, sent)
    word, _, on = posted().get("do", "").partition(" ")
    if not refused and supplement_lists.is_turning(word, on):
        sheet = supplement_lists.turned(steps, sheet, word, on)
        return _drawn(asked, sheet, version=found.version)
    if refused or word in _FILES:
        done = Done(refused) if refused else _FILES[word](held, on)
        return _drawn(asked, sheet, version=found.version, done=done)
    now = typed.without_aside(sheet.now)
    _, faults = typed.check(form, now, made.forms_of)
    own = [each for each in faults if any(_is_of(step, each.pointer) for step in steps)]
    if own:
        sheet = supplement_lists.faulty(steps, sheet, [each.pointer for each in own])
        return _drawn(asked, sheet, own, version=found.version)
    whole = typed.application(form, now)
    values = {each.pointer: _at(whole, each.pointer) for each in wanted.fields}
    answered = {at: value for at, value in values.items() if value is not None}
    if not answered and wanted.fields:
        first = wanted.fields[0].pointer
        lacks = [FieldError(first, "required", "此项必填。")]
        return _drawn(asked, sheet, lacks, version=found.version)
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
        if all(each.pointer.startswith(_PAPERS) for each in invalid.errors):
            return _drawn(asked, sheet, invalid.errors, version=found.version)
        return holding.not_done("".join(map(to_people, invalid.errors)))
    except VersionChanged as changed:
        return _drawn(asked, sheet, version=changed.version, is_stale=True)
    return holding.done(held, "supplement")


class Reopened(NamedTuple):
    """What is open to be answered: of whose case, how that stands, a step for each field that is
    asked for, and what is filed."""

    held: Held
    found: Status
    steps: Sequence[Step]
    filed: Typed


class Done(NamedTuple):
    """What became of the files, on the page that keeps what is typed. `asking`: of which file is
    asked whether it is to go."""

    refused: Sequence[RefusedFile] = ()
    asking: str = ""
    taken: bool = False
    is_removed: bool = False


NOTHING: Final = Done()


def _remove(held: Held, document: str) -> Done:
    handing_in.remove(status_documents.code_of(held), document)
    return Done(is_removed=True)


def _again(held: Held, document: str) -> Done:
    return Done(taken=earlier_files.use(status_documents.code_of(held), document))


_FILES: Final[dict[str, Callable[[Held, str], Done]]] = {
    "remove": lambda _, document: Done(asking=document),
    "removed": _remove,
    "again": _again,
    "keep": lambda *_: NOTHING,
}


def _told(step: Step, filed: Typed) -> tuple[str, str]:
    """What is filed there, as it was read, and how it could be written."""
    part = step.parts[0]
    if not isinstance(part, Field):
        return "", ""
    text = filed.get(f"{step.at}/{part.name}", "")
    return written(part, text) if text.strip() else "", _EXAMPLES.get(part.control, "")


def _removed(steps: Sequence[Step], now: Typed) -> tuple[str, str]:
    """The list of the item that was removed last, and what the item was called."""
    aside = typed.laid_aside(now)
    part = next((found for each in steps if aside and (found := each.part_at(aside[0]))), None)
    return (aside[0], f"{part.label}{aside[1] + 1}") if aside and part else ("", "")


def _is_of(step: Step, place: str) -> bool:
    at = f"{step.at}/{step.parts[0].name}"
    return place == at or place.startswith(at + "/")


def _at(document: object, at: str) -> object:
    for name in at.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(name)] if int(name) < len(document) else None
        else:
            document = document.get(name) if isinstance(document, dict) else None
    return document


def _drawn(
    asked: Reopened,
    sheet: Sheet,
    errors: Sequence[FieldError] = (),
    *,
    version: int,
    is_stale: bool = False,
    done: Done = NOTHING,
) -> Response:
    held, found, steps, filed = asked
    wanted = found.supplement
    assert wanted is not None  # noqa: S101 -- as the caller has seen
    round_ = sum(each.type == EventType.SUPPLEMENT_REQUESTED for each in found.timeline)
    brought = status_documents.handed_in_by(held)
    papers = [each for each in brought.papers if each.paper in wanted.documents]
    now = sheet.now
    shown: list[Drawn] = [
        draw(step, now, errors, leaf) for step, leaf in zip(steps, sheet.leaves, strict=True)
    ]
    faults = [fault for each in shown for fault in each.faults]
    absent = {each.pointer: each.message for each in errors if each.pointer.startswith(_PAPERS)}
    faults += [
        Fault(f"f{number}", each.paper, absent[at])
        for number, each in enumerate(papers, 1)
        if (at := pointer("documents", each.paper)) in absent
    ]
    labels = [each.label for each in wanted.fields]
    heads = [(label, *_told(step, filed)) for label, step in zip(labels, steps, strict=False)]
    elsewhere = [
        sorted(
            {leaves.leaf_of(step, each.pointer) for each in errors if not leaf.shows(each.pointer)}
        )
        for step, leaf in zip(steps, sheet.leaves, strict=True)
    ]
    return page(
        "portal/supplement.html",
        409 if is_stale else 422 if errors or done.refused else 200,
        wanted=wanted,
        asked=list(zip(heads, shown, sheet.leaves, elsewhere, strict=False)),
        kept=supplement_lists.kept(steps, filed, now),
        removed=_removed(steps, now),
        round=round_,
        faults=faults,
        version=version,
        is_stale=is_stale,
        refused=done.refused,
        found=brought,
        papers=papers,
        others=[each for each in brought.items if each.paper not in wanted.documents],
        earlier=earlier_files.offered(status_documents.code_of(held)),
        asking=done.asking,
        taken=done.taken,
        is_removed=done.is_removed,
        at=status_documents.AT,
    )
