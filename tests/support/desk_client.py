"""Somebody at the desk without a browser: cookies, forms with their token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import Flask
from werkzeug.test import TestResponse

from api import cookies
from tests.support.browser import Window
from tests.support.office import Office
from tests.support.people import SESSION, log_in
from vocabulary.people import OF_PEOPLE, Role

_TOKEN: Final = re.compile(r'name="token" value="([^"]+)"')


class DeskClient:
    """Cookies like a browser's; a form is sent with the token of a page seen before."""

    def __init__(self, app: Flask) -> None:
        self.http = app.test_client()
        self.token = ""

    def get(self, path: str, status: int = 200) -> TestResponse:
        """A page."""
        return self._seen(self.http.get(path), status)

    def send(
        self, path: str, form: Mapping[str, Any] = MappingProxyType({}), status: int = 303
    ) -> TestResponse:
        """A form of a page."""
        if not self.token:
            self._seen(self.http.get("/desk/setup"), 200)
        return self._seen(self.http.post(path, data={"token": self.token, **form}), status)

    def enter(self, office: Office, login: str, *roles: Role, bureau: str = "sasac") -> DeskClient:
        """Let somebody who is hired with these roles (none: all of people's) have logged in."""
        secret = log_in(office, login, bureau, *(roles or OF_PEOPLE)).removeprefix(SESSION)
        self.http.set_cookie(cookies.SESSION, secret)
        return self

    def _seen(self, answer: TestResponse, status: int) -> TestResponse:
        assert answer.status_code == status, (answer.status_code, answer.text)
        if answer.mimetype == "text/html" and (found := _TOKEN.search(answer.text)):
            self.token = found[1]
        return answer


def version(text: str) -> str:
    """The version that the one form of a page was drawn from."""
    (found,) = set(re.findall(r'name="version" value="(\d+)"', text))
    return str(found)


def open_session(seen: Window, session: str) -> None:
    """Let a browser's window be somebody's who has logged in."""
    seen.page.context.add_cookies(
        [{"name": cookies.SESSION, "value": session.removeprefix(SESSION), "url": seen.base_url}]
    )


def form_of(text: str, **more: Any) -> dict[str, Any]:
    """The hidden fields of a page's form that is not to lose what is typed, as a browser sends
    them, with more."""
    form = text[text.index("data-keep") :]
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    fields: dict[str, Any] = {name: value for name, value in hidden if name != "point"}
    return {**fields, "point": [value for name, value in hidden if name == "point"], **more}
