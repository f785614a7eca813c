"""The steps of a draft, one page each: what is typed is kept at each, right or wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from flask import Response, request

from api.auth import public
from api.errors import AddressNotFound
from api.services import services
from casework.intake import drafts
from casework.notices import guide
from schemas.kit.problem import FieldError
from vocabulary.zone import CHINA
from web.parts.forms import drawing, item_changes, leaves, seen, typed
from web.parts.forms.drawing import draw, id_of
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import Step, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import draft_items, own_drafts
from web.portal.draft_size import require_drawable, require_room
from web.portal.failing import FAILURES, failure
from web.portal.own_drafts import Opened, drafter
from web.portal.pages import portal_pages
from web.portal.way import way

pages = portal_pages("apply-steps")

LATER = "later"
"""What a button does besides `item_changes.WORDS` and `leaves.LEAF`."""
_NOTE: Final = "note"
_MORE, _BACK, _GONE = "more", "back", "gone"
_NOTES: Final = {
    _MORE: "已保存。按您的选择，下面多了几项，请接着填。",
    _BACK: "在别的页面上去掉的一项，在这一页上又改过，所以留着。不要的话，请再去掉。",
    _GONE: "这一项去掉以后，又去掉过别的，不能恢复了。要的话请重新加一项。",
}
"""What an address of a step asks to be said on top of it."""
_MANY: Final = 10_000
"""More leaves than there are: the last one."""


@pages.route("/apply/<provision>/<code>", methods=["GET"])
@drafter
def asked(opened: Opened, code: str) -> Response:
    if opened.draft.is_frozen:
        return submitted(opened)
    step = _step(opened, code)
    faults: Sequence[FieldError] = ()
    if "checked" in request.args:
        faults = typed.check(opened.form, opened.draft.typed, services().forms_of, step)[1]
    return _drawn(opened, step, faults)


@pages.route("/apply/<provision>/<code>", methods=["POST"])
@public
def answered(provision: str, code: str) -> Response:
    try:
        return _answered(provision=provision, code=code)
    except drafts.DraftFrozen as frozen:
        return page("portal/apply_sent.html", 409, provision=provision, said=frozen.detail)
    except FAILURES as error:
        return _unsaved(provision, code, error)


@pages.route("/apply/<provision>/<code>/save", methods=["POST"])
@public
def saved(provision: str, code: str) -> Response:
    """For the script that saves as one types: when it was saved, in one line; the page's new mark
    in another."""
    return _saved(provision=provision, code=code)


@drafter
def _saved(opened: Opened, code: str) -> Response:
    step = _step(opened, code)
    draft, has_back = _save(opened, step)
    at = draft.saved_at.astimezone(CHINA)
    words = f"已保存 {at:%H:%M}{'。' + _NOTES[_BACK] if has_back else ''}"
    told = draft_items.told_by(posted().to_dict(flat=False))
    mark = seen.mark_after(step, told, draft.typed, _shows(step, told), told.get(seen.DRAWN, ""))
    return Response(f"{words}\n{mark}", content_type="text/plain; charset=utf-8")


@drafter
def _answered(opened: Opened, code: str) -> Response:
    step = _step(opened, code)
    before = typed.shown(step, opened.draft.typed)
    now, has_back = _save(opened, step)
    here = f"/apply/{opened.draft.provision}/{code}"
    word, _, pointer = posted().get("do", "").partition(" ")
    if word in item_changes.WORDS:
        return _changed(opened, step, word, pointer, here)
    if word == leaves.LEAF:
        return go_to(leaves.address(here, leaves.number(pointer)))
    if word == LATER:
        return go_to(f"/apply/{opened.draft.provision}/later")
    faults = typed.check(opened.form, now.typed, services().forms_of, step)[1]
    leaf = _leaf_sent(step, now.typed) or leaves.leaf(step, now.typed, _MANY)
    if has_back:
        return go_to(leaves.address(here, leaf.number, f"{_NOTE}={_BACK}") + "#note")
    if any(leaf.shows(each.pointer) for each in faults):
        return go_to(leaves.address(here, leaf.number, "checked=1") + "#faults")
    if "live" not in posted() and typed.shown(step, now.typed) - before:
        return go_to(leaves.address(here, leaf.number, f"{_NOTE}={_MORE}") + "#note")
    if leaf.number < leaf.count:
        return go_to(leaves.address(here, leaf.number + 1))
    if faults:
        first = leaves.leaf_of(step, faults[0].pointer)
        return go_to(leaves.address(here, first, "checked=1") + "#faults")
    return go_to(way(own_drafts.with_draft(opened, now), code).after.address)


def _leaf_sent(step: Step, now: Typed) -> leaves.Leaf | None:
    """The leaf that the present form was drawn from; None for one that holds the whole step."""
    sent = posted().get(leaves.LEAF)
    return None if sent is None else leaves.leaf(step, now, leaves.number(sent))


def _shows(step: Step, told: Typed) -> Callable[[str], bool]:
    """Whether what stands at a pointer was on the page that was sent."""
    leaf = _leaf_sent(step, told)
    return bool if leaf is None else leaf.shows


def _save(opened: Opened, step: Step) -> tuple[drafts.Draft, bool]:
    """The draft with what was sent, and whether that brought back what another tab had removed."""
    made, sent = services(), posted().to_dict(flat=False)
    made.limiter.draft_save()
    told, has_back = draft_items.told_by(sent), False
    require_drawable([step], told)

    def change(kept: Typed) -> Typed:
        nonlocal has_back
        before = draft_items.named(step, kept)
        is_touched = seen.touched(step, told, told.get(seen.DRAWN, ""))
        back = draft_items.brought_back(step, before, told, is_touched)
        has_back = back is not before
        here = draft_items.placed(step, back, sent, _shows(step, told))
        now = typed.keep(step, back, here.sent, here.asked.__contains__)
        if seen.DRAWN in told:
            now = seen.merged(back, now, told[seen.DRAWN])
        require_room(kept, now)
        return require_drawable(opened.form.steps, now)

    return drafts.save(made.db, made.settings, opened.code, change), has_back


def _changed(opened: Opened, step: Step, word: str, pointer: str, here: str) -> Response:
    """An item more, an item less, or the last one back; then to where it is."""
    to, told = here, draft_items.told_by(posted().to_dict(flat=False))

    def change(kept: Typed) -> Typed:
        nonlocal to
        if word == item_changes.UNDO and pointer and pointer != draft_items.aside_id(kept):
            to = leaves.address(here, 1, f"{_NOTE}={_GONE}") + "#note"
            return kept
        at = draft_items.now_at(kept, told, pointer)
        changed = None if at is None else item_changes.change(step, kept, word, at)
        if changed is None:
            return kept
        if word == drawing.REMOVE:
            to = leaves.address(here, leaves.leaf_of(step, changed.at)) + "#removed"
        else:
            to = _at(step, here, changed.at)
        return draft_items.with_id(changed.now, changed.at) if word == drawing.ADD else changed.now

    def drawable(kept: Typed) -> Typed:
        return require_drawable(opened.form.steps, change(kept))

    drafts.save(services().db, services().settings, opened.code, drawable)
    return go_to(to)


def _at(step: Step, here: str, pointer: str) -> str:
    """Where something stands on the pages of its step."""
    return f"{leaves.address(here, leaves.leaf_of(step, pointer))}#{id_of(pointer)}"


def _step(opened: Opened, code: str) -> Step:
    step = opened.form.step(code)
    if step is None:
        raise AddressNotFound("这张表没有这一步。填过的内容都在草稿里。")
    return step


def submitted(opened: Opened) -> Response:
    """The page of a draft that was submitted: nothing is changed any more, the receipt is near."""
    return page(
        "portal/apply_sent.html",
        provision=opened.draft.provision,
        said=drafts.DraftFrozen.message,
        opened=opened,
    )


def _drawn(opened: Opened, step: Step, faults: Sequence[FieldError]) -> Response:
    if not step.applies(opened.draft.typed):
        return go_to(f"/apply/{opened.draft.provision}/{opened.steps[0].code}")
    aside = typed.laid_aside(opened.draft.typed)
    part = step.part_at(aside[0]) if aside else None
    removed = f"{part.label}{aside[1] + 1}" if aside and part else ""
    now = draft_items.named(step, opened.draft.typed)
    leaf = leaves.leaf(step, now, leaves.number(request.args.get(leaves.LEAF, "")))
    others = {leaves.leaf_of(step, each.pointer) for each in faults if not leaf.shows(each.pointer)}
    return page(
        "portal/apply_step.html",
        opened=opened,
        way=way(opened, step.code),
        drawn=draw(step, now, faults, leaf),
        leaf=leaf,
        mark=seen.mark(step, now, leaf.shows),
        leaf_address=leaves.address,
        faulty=sorted(others),
        guide=guide.provision(services().settings, opened.draft.provision),
        removed=removed,
        removed_id=draft_items.aside_id(now),
        note=_NOTES.get(request.args.get(_NOTE, "")),
    )


def _unsaved(provision: str, code: str, error: Exception) -> Response:
    """Nothing was saved; all that was sent is on the page, to be sent again."""
    form = form_of(services().settings.notice_id, provision)
    step = form.step(code) if form else None
    if form is None or step is None:
        raise error
    sent = posted()
    # What is too much to be drawn is too much on this page, too.
    told = draft_items.told_by(sent.to_dict(flat=False))
    require_drawable([step], told)
    now = typed.keep(step, {}, sent.to_dict(flat=False), _shows(step, told))
    leaf, why = _leaf_sent(step, told), failure(error)
    return page(
        "portal/apply_unsaved.html",
        why.status,
        provision=provision,
        form=form,
        mark=sent.get(own_drafts.MARK, ""),
        drawn=draw(step, {**now, **draft_items.of_page(told)}, leaf=leaf),
        leaf=leaf,
        seen=told.get(seen.DRAWN),
        failed=why.said,
    )
