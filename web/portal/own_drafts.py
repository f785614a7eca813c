"""The drafts that a browser remembers, so that nobody has to type a code on their own device.

Of each provision the cookie holds the resume codes of the last few drafts, the one used last first.
A form names its draft by a mark that is no secret, so that an old tab never writes into a newer
draft.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Final

from flask import Response, request

from api import cookies
from api.auth import public, tried
from api.services import services
from casework.intake import drafts
from casework.personal import credentials
from config.notices.text import NoticeDataError
from vocabulary.personal_data import DataKind
from web.parts.forms import origins
from web.parts.forms.leaves import LEAF
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import Form, Step, Typed
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.parts.tokens import FIELD

MARK: Final = "draft"
"""The name of the hidden field that says which draft a form belongs to."""
NOT_TYPED: Final = frozenset({FIELD, MARK, LEAF, "do", "live"})
_COOKIE: Final = "wenqi-draft-"
_MOST: Final = 3
_MARK_CHARS: Final = 12
_DAY: Final = 86400
_LOST: Final = "没有找到草稿"


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft with its resume code, the mark that its forms carry, and its form."""

    code: str
    mark: str
    draft: drafts.Draft
    form: Form

    @property
    def is_of_another_edition(self) -> bool:
        """Whether the notice has been replaced by another one since it was begun."""
        return self.draft.notice_id != services().settings.notice_id

    @property
    def is_prefilled(self) -> bool:
        """Whether answers were brought into it from elsewhere."""
        return bool(origins.read(self.draft.typed).marks)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that apply, as things stand."""
        return tuple(each for each in self.form.steps if each.applies(self.draft.typed))


def remember(response: Response, provision: str, code: str) -> Response:
    """Let the browser hold the code before all others of the provision."""
    codes = [code, *(each for each in codes_of(provision) if each != code)]
    return _keep(response, provision, codes[:_MOST])


def forget(response: Response, provision: str, code: str) -> Response:
    """Let the browser hold the code no longer."""
    return _keep(response, provision, [each for each in codes_of(provision) if each != code])


def codes_of(provision: str) -> list[str]:
    """The resume codes of a provision that the browser holds, the one used last first."""
    value = cookies.of_request(_COOKIE + provision) or ""
    return [each for each in value.split(".") if each]


def with_draft(one: Opened, draft: drafts.Draft) -> Opened:
    """The same, as it has just been saved."""
    return replace(one, draft=draft)


def opened(code: str) -> Opened:
    """The draft of a code. Raises DraftNotFound, DraftExpired, FormGone."""
    made = services()
    draft = drafts.find(made.db, made.settings, code)
    try:
        form = form_of(draft.notice_id, draft.provision)
    except NoticeDataError:
        form = None
    if form is None:
        raise FormGone(code, draft)
    return Opened(code, _mark(code), draft, form)


class FormGone(Exception):
    """What the draft was begun for cannot be applied for any more."""

    def __init__(self, code: str, draft: drafts.Draft) -> None:
        super().__init__(draft.provision)
        self.code = code
        self.draft = draft


def drafter(view: Callable[..., Response]) -> Callable[..., Response]:
    """A page of a draft; the view receives it as `opened`. Who has none is sent to begin one, and
    keeps what was just typed; a code that finds nothing counts as a failed try."""

    @tried
    def of_code(provision: str, resume_code: str, **arguments: Any) -> Response:
        found = opened(resume_code)
        if found.draft.provision != provision:
            raise drafts.DraftNotFound
        return remember(view(opened=found, **arguments), provision, resume_code)

    @wraps(view)
    def checked(provision: str, **arguments: Any) -> Response:
        code = _asked(provision)
        if code is None:
            return lost(provision) if request.method == "POST" else go_to(f"/apply/{provision}")
        try:
            answer: Response = of_code(provision=provision, resume_code=code, **arguments)
        except drafts.DraftNotFound as gone:
            return forget(lost(provision, gone.detail), provision, code)
        except drafts.DraftExpired as gone:
            return forget(lost(provision, gone.detail, title=gone.title), provision, code)
        except FormGone as gone:
            return lost(provision, NOT_OFFERED, gone.draft.typed)
        return answer

    return public(checked)


def lost(
    provision: str, said: str = "", before: Typed | None = None, title: str = _LOST
) -> Response:
    """Nothing to go on with: what happened, what to do, and all that was typed, to begin with."""
    sent = posted().items(multi=True) if request.method == "POST" else ()
    kept: Sequence[tuple[str, str]] = [
        *(before or {}).items(),
        *((name, value) for name, value in sent if name not in NOT_TYPED and value),
    ]
    response = page(
        "portal/apply_lost.html",
        404 if before is None else 200,
        title=title if before is None else "换一张新表",
        provision=provision,
        said=said or _NOT_HERE,
        kept=kept,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


_NOT_HERE: Final = "这台设备上没有这份草稿：可能清除了浏览器的记录，或者是在别的设备上填的。"
EARLIER: Final = "这份草稿用的是以前的通知。填过的内容可以带到现在的表里，原来的草稿不动。"
NOT_OFFERED: Final = (
    "这份草稿所依据的通知已经换了，这张表不能再提交。填过的内容都在，可以带到现在的表里。"
)


def _asked(provision: str) -> str | None:
    """The code of the draft that the form belongs to, or of the one used last."""
    codes = codes_of(provision)
    if request.method != "POST":
        return codes[0] if codes else None
    mark = posted().get(MARK, "")
    return next((each for each in codes if _mark(each) == mark), None)


def _keep(response: Response, provision: str, codes: Sequence[str]) -> Response:
    days = services().settings.practice.kept(DataKind.DRAFTS)
    cookies.keep(response, _COOKIE + provision, ".".join(codes), days * _DAY if codes else 0)
    return response


def _mark(code: str) -> str:
    secret = services().settings.require_secret_key()
    named = credentials.keyed(secret, b"draft-mark", credentials.as_typed(code).encode())
    return named.hex()[:_MARK_CHARS]
