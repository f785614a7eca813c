"""Going on later: the resume code and the link, on this device or another."""

from __future__ import annotations

from unicodedata import normalize

from flask import Response

from api.auth import public, tried
from api.services import services
from casework.intake import drafts
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import own_drafts
from web.portal.apply_steps import submitted
from web.portal.own_drafts import FormGone, Opened, drafter, lost
from web.portal.pages import portal_pages

pages = portal_pages("apply-resume")

_LONGEST = 60


@pages.route("/apply/<provision>/later", methods=["GET"])
@drafter
def later(opened: Opened) -> Response:
    """What to keep, to go on another time."""
    if opened.draft.is_frozen:
        return submitted(opened)
    link = f"{services().settings.public_url}/apply/resume/{opened.code}"
    return page("portal/apply_later.html", opened=opened, link=link)


@pages.route("/apply/<provision>/renew", methods=["GET"])
@drafter
def renewed(opened: Opened) -> Response:
    """The answers of a draft of an earlier notice, for a new one of today's."""
    return lost(opened.draft.provision, own_drafts.EARLIER, opened.draft.typed)


@pages.route("/apply/resume", methods=["GET"])
@public
def asked() -> Response:
    return _asked("", "")


@tried
def _tried(code: str) -> Response:
    try:
        found = own_drafts.opened(code)
    except FormGone as gone:
        return lost(gone.draft.provision, own_drafts.NOT_OFFERED, gone.draft.typed)
    provision = found.draft.provision
    at = go_to(f"/apply/{provision}/{found.steps[0].code}")
    return own_drafts.remember(at, provision, code)


@pages.route("/apply/resume", methods=["POST"])
@public
def by_code() -> Response:
    code = normalize("NFKC", posted().get("code", "").strip()[:_LONGEST])
    if not code.isascii() or not code:
        return _asked(code, "续填码没有填，或者有错字。续填码是4组字母和数字。")
    try:
        answer: Response = _tried(code=code)
    except drafts.DraftNotFound:
        return _asked(code, _said())
    except drafts.DraftExpired as gone:
        return _asked("", gone.detail, is_expired=True)
    return answer


@pages.route("/apply/resume/<code>", methods=["GET"])
@public
def by_link(code: str) -> Response:
    """The address holds the code, so that a link can be kept; the pages after it do not. It only
    fills the code in: neither a messenger that looks at the link nor a stranger's link, opened by
    mistake, puts a draft into the browser."""
    return _asked(code[:_LONGEST], "")


def _asked(code: str, error: str, *, is_expired: bool = False) -> Response:
    response = page(
        "portal/apply_resume.html",
        404 if error else 200,
        code=code,
        error=error,
        is_expired=is_expired,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _said() -> str:
    days = services().settings.practice.keep_drafts
    return (
        f"没有找到这份草稿：续填码不对，或者{days}天没有动过，已经删除。"
        "请核对续填码；还是不行的，请重新填写。"
    )
