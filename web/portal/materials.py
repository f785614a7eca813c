"""The step 材料 of a form: what to bring, the files that are there already, and choosing more.

What is chosen goes along with whichever button is pressed, so that no file is left behind.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request

from api.services import services
from casework.documents.handing_in import ByDraft
from casework.notices import editions
from casework.views import documents
from schemas.documents import Documents, Paper
from web.parts.forms import typed
from web.parts.forms.shapes import Field, Group, Part
from web.parts.page import go_to, page
from web.parts.posted import posted, takes_files
from web.portal import earlier_files, handing_in, sending
from web.portal.apply_steps import submitted
from web.portal.handing_in import RefusedFile
from web.portal.own_drafts import Opened, drafter
from web.portal.pages import portal_pages
from web.portal.way import MATERIALS, way

pages = portal_pages("materials")

Numbered = tuple[int, Paper]
REMOVE, AGAIN, STAY = "remove", "again", "stay"
"""What a button does besides going on."""
_AT = "/apply/<provision>/materials"


@pages.route(_AT, methods=["GET"])
@drafter
def asked(opened: Opened) -> Response:
    return submitted(opened) if opened.draft.is_frozen else _drawn(opened)


@pages.route(_AT, methods=["POST"])
@takes_files
@drafter
def brought(opened: Opened) -> Response:
    if opened.draft.is_frozen:
        return submitted(opened)
    taken = handing_in.take(ByDraft(opened.code))
    if taken.refused:
        return _drawn(opened, taken.refused)
    here = way(opened, MATERIALS)
    word, _, document = posted().get("do", "").partition(" ")
    if word == REMOVE:
        return go_to(f"{here.here.address}/{document}/remove")
    if word == AGAIN:
        used = earlier_files.use(ByDraft(opened.code), document)
        return go_to(f"{here.here.address}?taken={used:d}#files")
    if word == STAY:
        return go_to(f"{here.here.address}?taken={len(taken.documents)}#files")
    return go_to(here.after.address)


@pages.route(f"{_AT}/begin", methods=["POST"])
@drafter
def begun(opened: Opened) -> Response:
    """For the script that sends files in parts: one is announced."""
    return sending.begin(ByDraft(opened.code))


@pages.route(f"{_AT}/<document>/part", methods=["POST"])
@takes_files
@drafter
def received(opened: Opened, document: str) -> Response:
    """For the script: a part of it, or how far it has come."""
    return sending.receive(ByDraft(opened.code), document)


@pages.route(f"{_AT}/<document>/picture", methods=["GET"])
@drafter
def picture(opened: Opened, document: str) -> Response:
    return handing_in.send(ByDraft(opened.code), document, small=True)


@pages.route(f"{_AT}/<document>/file", methods=["GET"])
@drafter
def file(opened: Opened, document: str) -> Response:
    return handing_in.send(ByDraft(opened.code), document)


@pages.route(f"{_AT}/<document>/remove", methods=["GET"])
@drafter
def asked_to_remove(opened: Opened, document: str) -> Response:
    return page(
        "portal/document_remove.html",
        document=handing_in.standing(ByDraft(opened.code), document),
        back=way(opened, MATERIALS).here.address,
        mark=opened.mark,
    )


@pages.route(f"{_AT}/<document>/remove", methods=["POST"])
@drafter
def removed(opened: Opened, document: str) -> Response:
    handing_in.remove(ByDraft(opened.code), document)
    return go_to(f"{way(opened, MATERIALS).here.address}?removed=1#files")


def listed(opened: Opened, found: Documents) -> tuple[list[Numbered], list[Numbered]]:
    """The papers that the answers given so far call for, or of which a file is there, and the
    others; a number stays a paper's whatever is answered."""
    draft = opened.draft
    called = editions.papers_of_fields(draft.notice_id, draft.provision, _told(opened))
    numbered = list(enumerate(found.papers, 1))
    there = {each.paper for each in found.items} | set(called)
    wanted = [each for each in numbered if each[1].paper in there]
    return wanted, [each for each in numbered if each not in wanted]


def _told(opened: Opened) -> list[str]:
    """The fields that were answered, and those that are needed and apply as things stand; of a
    list that nobody has begun all of it."""
    kept = opened.draft.typed
    lists = [
        f"{step.at}/{part.name}"
        for step in opened.steps
        for part in step.parts
        if isinstance(part, Group) and part.is_needed and not typed.shown(step, kept)
    ]
    return lists + [
        at
        for step in opened.steps
        for at in typed.shown(step, kept)
        if kept.get(at) or _is_needed(step.part_at(at))
    ]


def _is_needed(part: Part | None) -> bool:
    return isinstance(part, Field) and (part.is_required or part.is_needed)


def _drawn(opened: Opened, refused: Sequence[RefusedFile] = ()) -> Response:
    made, here = services(), way(opened, MATERIALS)
    found = documents.of_holder(made.db, made.settings, ByDraft(opened.code))
    called, others = listed(opened, found)
    response = page(
        "portal/materials.html",
        422 if refused else 200,
        opened=opened,
        way=here,
        found=found,
        called=called,
        others=others,
        earlier=earlier_files.offered(ByDraft(opened.code)),
        refused=refused,
        taken=request.args.get("taken", "")[:2].strip("0"),
        is_removed="removed" in request.args,
        at=here.here.address,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
