"""Checking what was typed, and submitting it: once, however often the button is pressed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from flask import Response, request

from api.auth import public
from api.middleware import request_id
from api.services import services
from casework.documents import handing_in, reuse
from casework.documents.handing_in import ByDraft
from casework.documents.rows import Document
from casework.intake import accept, drafts, screening
from casework.intake.replays import AccessCodeGone, Sender
from casework.views import documents
from config.telemetry.ids import bind_here
from schemas.application import Submission
from schemas.kit.problem import FieldError
from vocabulary.cases import Source
from vocabulary.documents import OTHER
from web.parts.forms import leaves, typed
from web.parts.forms.drawing import Fault, draw
from web.parts.forms.mail_slips import meant
from web.parts.forms.sentences import to_people
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import enterprise, holding, materials
from web.portal.answers import answers
from web.portal.apply_steps import submitted
from web.portal.failing import FAILURES, failure
from web.portal.own_drafts import Opened, drafter
from web.portal.pages import portal_pages
from web.portal.way import CHECK, MATERIALS, Way, way

pages = portal_pages("apply-check")

DECLARED = "declared"
_MAIL = "/enterprise/contact/email"


@pages.route("/apply/<provision>/check", methods=["GET"])
@drafter
def checked(opened: Opened) -> Response:
    if opened.draft.is_frozen:
        return submitted(opened)
    found = way(opened, CHECK)
    made = services()
    submission, faults = typed.check(opened.form, opened.draft.typed, made.forms_of)
    brought = documents.of_holder(made.db, made.settings, ByDraft(opened.code))
    called, _ = materials.listed(opened, brought)
    preview = screening.preview(made.settings, submission) if submission else None
    said = preview.verdict if preview else None
    amount = Decimal(said.amount) if said and said.amount else None
    return page(
        "portal/apply_check.html",
        opened=opened,
        files=brought,
        numbers={each.paper: number for number, each in called},
        absent=[each.paper for _, each in called if not each.documents and each.paper != OTHER],
        materials=next(each for each in found.stops if each.code == MATERIALS),
        way=found,
        answers=answers(opened, found.stops, leaves.number(request.args.get(leaves.LEAF, ""))),
        faults=_placed(opened, found, faults) + _foreign(opened, found, submission),
        undeclared="undeclared" in request.args,
        preview=said,
        amount=amount,
        nothing=preview.arithmetic if preview and said and not (amount or said.against) else (),
        contact=submission.enterprise.get("contact") if submission else None,
        meant=meant(opened.draft.typed.get(_MAIL, "")),
        entered=enterprise.session(),
        is_own=bool(submission and enterprise.is_own(submission)),
        can_log_in=made.settings.enterprise_login.issuer is not None,
    )


@pages.route("/apply/<provision>/check", methods=["POST"])
@public
def submit(provision: str) -> Response:
    try:
        return _submit(provision=provision)
    except AccessCodeGone as gone:
        return page("portal/apply_sent.html", provision=provision, said="", receipt=gone.receipt)
    except FAILURES as error:
        why = failure(error)
        return page(
            "portal/apply_unfiled.html",
            why.status,
            provision=provision,
            mark=posted().get("draft", ""),
            said=why.said,
        )


@drafter
def _submit(opened: Opened) -> Response:
    made, here = services(), f"/apply/{opened.draft.provision}/{CHECK}"
    if DECLARED not in posted():
        return go_to(f"{here}?undeclared=1#faults")
    submission, _ = typed.check(opened.form, opened.draft.typed, made.forms_of)
    if submission is None:
        drafts.thaw(made.db, made.settings, opened.code)
        return go_to(f"{here}#faults")
    if not opened.draft.is_frozen:
        made.limiter.form()
        made.limiter.filing(submission.enterprise)
    sender = _sender(submission)
    frozen = drafts.freeze(made.db, made.settings, opened.code, sender)
    # Another tab may have written between the check and the freezing: what is filed is what stands.
    submission, _ = typed.check(opened.form, frozen.typed, made.forms_of)
    if submission is None or _sender(submission) != sender or _used(opened, submission):
        drafts.thaw(made.db, made.settings, opened.code)
        return go_to(f"{here}#faults")
    return _file(opened, submission, frozen.key)


def _sender(submission: Submission) -> str:
    return Sender.of(submission.enterprise, Source.FORM).name


def _file(opened: Opened, submission: Submission, key: str) -> Response:
    made = services()
    accepted = accept.accept(
        made.db,
        made.settings,
        submission,
        identity=enterprise.who_files(submission),
        idempotency_key=key,
        request_id=request_id(),
        filing=made.filing,
    )
    bind_here(receipt=accepted.receipt)
    # What is cut off here is moved by the next try, or by whoever sweeps up.
    handing_in.move(made.db, made.settings, opened.code, accepted.receipt, accepted.access_code)
    return holding.filed(accepted.receipt, accepted.access_code)


def _used(opened: Opened, submission: Submission) -> list[Document]:
    """Files that were used again, and are another enterprise's than the one that files."""
    made, uscc = services(), submission.enterprise.get("uscc")
    return reuse.of_others(made.db, made.settings, ByDraft(opened.code), uscc)


def _foreign(opened: Opened, found: Way, submission: Submission | None) -> list[tuple[str, Fault]]:
    at = next(each.address for each in found.stops if each.code == MATERIALS)
    used = _used(opened, submission) if submission else ()
    return [(at, Fault("files", each.paper, f"{each.name}{_FOREIGN}")) for each in used]


_FOREIGN: Final = "是用另一家企业的名义交过的，请删去，换本企业的再交。"


def _placed(opened: Opened, found: Way, faults: Sequence[FieldError]) -> list[tuple[str, Fault]]:
    """Every fault with the address of the page on which it is mended; what belongs to no question
    is told with the first page."""
    at = {each.code: each.address for each in found.stops}
    made = []
    for step in opened.steps:
        own = [each for each in faults if opened.form.step_of(each.pointer) is step]
        for number in sorted({leaves.leaf_of(step, each.pointer) for each in own}):
            leaf = leaves.leaf(step, opened.draft.typed, number)
            there = [each for each in own if leaves.leaf_of(step, each.pointer) == number]
            address = leaves.address(at[step.code], number, "checked=1")
            drawn = draw(step, opened.draft.typed, there, leaf)
            made += [(address, fault) for fault in drawn.faults]
    if faults and not made:
        first = leaves.address(found.stops[0].address, 1, "checked=1")
        made = [(first, Fault("main", opened.form.title, to_people(each))) for each in faults]
    return made
