"""What the administrator's pages share: the way between them, bureaus to choose from, what is shown
once."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from api.services import services
from casework.docket import practice
from casework.notices import editions
from web.desk import guard
from web.parts.page import page

ACCOUNTS: Final = "/desk/admin/accounts"
TOKENS: Final = "/desk/admin/tokens"
WEBHOOKS: Final = "/desk/admin/webhooks"
ADDRESSES: Final = "/desk/admin/addresses"
LETTERS: Final = "/desk/admin/letters"
NOTICES: Final = "/desk/admin/notices"
PRACTICE: Final = "/desk/admin/practice"
TABS: Final = (
    (ACCOUNTS, "账号"),
    (TOKENS, "令牌"),
    (WEBHOOKS, "推送"),
    (ADDRESSES, "单位地址"),
    (LETTERS, "信件样式"),
    (NOTICES, "通知数据"),
    (PRACTICE, "本地做法"),
)
"""Address and name of each page, in order."""

Errors = list[tuple[str, str]]
"""Pairs of a field's name and a sentence."""


def admin_page(
    template: str,
    errors: Errors | None = None,
    *,
    status: int = 422,
    tabs: tuple[tuple[str, str], ...] = TABS,
    **context: Any,
) -> Response:
    """A page of the administrator's. `status`: where there are errors; `tabs`: the ways to the
    others."""
    session = guard.present()
    asked = practice.count_asked_of(services().db, session.principal) if session else 0
    return page(
        f"desk/{template}",
        status if errors else 200,
        tabs=tabs,
        errors=errors or [],
        bureaus=bureau_names(),
        asked=asked,
        **context,
    )


def shown_once(title: str, secret: str, note: str, back: str) -> Response:
    """A secret of which only a hash is kept."""
    return page("desk/admin_secret.html", title=title, secret=secret, note=note, back=back)


def bureau_names() -> dict[str, str]:
    """The bureaus of all notices by id."""
    return {
        each: edition.notice.name_of(each)
        for edition in reversed(editions.every())
        for each in editions.bureau_ids(edition.notice)
    }
