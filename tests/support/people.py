"""A person at a browser, for tests of logins."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import pyotp
import requests

from casework.people import accounts, own_account, sessions
from casework.people import login as login_with
from casework.people.sessions import Caller
from tests.support.office import Office
from vocabulary.parties import Actor
from vocabulary.people import OF_PEOPLE, Role

PASSWORD = "四只山雀在电线杆上-42"
TIMEOUT = 30
SESSION: Final = "session "
"""What the text of a session begins with, where a token could stand as well."""


def hire(
    office: Office,
    login: str,
    *roles: Role,
    bureau: str = "sasac",
    formerly: str | None = None,
    by: str = Actor.OPERATOR,
) -> str:
    """An account; the code for its first password."""
    return accounts.add(
        office.db, office.settings, bureau=bureau, login=login, name="测试甲",
        roles=roles or [Role.OFFICER], formerly=formerly, by=by,
    )  # fmt: skip


class Totp:
    """An authenticator app whose owner waits for no half minute: each code is the next one's."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)
        self._step = 0

    def code(self) -> str:
        """A code that was not used before, as far as clocks may differ."""
        now = int(time.time()) // 30
        self._step = max(self._step + 1, now - 1)
        assert self._step <= now + 1, "too many codes at once"
        return str(self._totp.generate_otp(self._step))


class Browser:
    """Somebody's browser, with the page's token in what it sends."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/api/v1"
        self.http = requests.Session()
        self.csrf = ""
        self.totp: Totp | None = None
        self.recovery_codes: list[str] = []

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """A request, with whatever the browser holds."""
        given = {"X-CSRF-Token": self.csrf, **headers}
        answer = self.http.request(
            method, self.url + path, json=body, headers=given, timeout=TIMEOUT,
            allow_redirects=False,
        )  # fmt: skip
        if answer.status_code == 200 and "csrf_token" in answer.text:
            self.csrf = answer.json()["csrf_token"]
        return answer

    def set_up(self, login: str, code: str) -> None:
        """The first login, down to the second factor."""
        body = {"login": login, "setup_code": code, "password": PASSWORD}
        assert self.call("POST", "/session/setup", body).json()["stage"] == "enrolling"
        offered = self.call("POST", "/account/second-factor", {}).json()
        self.totp = Totp(offered["secret"])
        path = "/account/second-factor/confirmation"
        done = self.call("POST", path, {"code": self.totp.code()})
        assert done.json()["stage"] == "open", done.text
        self.recovery_codes = done.json()["recovery_codes"]

    def log_in(self, login: str, password: str = PASSWORD, **more: str) -> requests.Response:
        """A login with a fresh code, or what is given."""
        code = {"code": self.totp.code()} if self.totp and "code" not in more else {}
        return self.call("POST", "/session", {"login": login, "password": password, **code, **more})


def log_in(office: Office, login: str, bureau: str, *roles: Role) -> str:
    """The session of somebody with these roles (none: every one of people's), who may have an
    account by their tokens."""
    code = hire(office, login, *(roles or OF_PEOPLE), bureau=bureau)
    simple = replace(office.settings.accounts, second_factor=False)
    plain = replace(office.settings, accounts=simple)
    begun = login_with.set_up(
        office.db, plain, Caller("127.0.0.1"), login=login, setup_code=code, password=PASSWORD
    )
    return SESSION + begun.secret


def shown(office: Office, holder: str) -> dict[str, str]:
    """What a request shows: a token or an access code, or what a browser sends of a session."""
    kind, _, secret = holder.partition(SESSION)
    if kind:
        return {"Authorization": f"Bearer {holder}"}
    csrf = sessions.csrf(office.settings, secret)
    return {"Cookie": f"wenqi-session={secret}", "X-CSRF-Token": csrf}


def log_in_and_out(office: Office, code: str) -> None:
    """The first password, the second factor, other recovery codes; then somebody fails."""
    db, settings, here = office.db, office.settings, Caller("192.0.2.7")
    begun = login_with.set_up(
        db, settings, here, login="test.geng", setup_code=code, password=PASSWORD
    )
    session = sessions.authenticate(db, settings, begun.secret)
    offered = own_account.begin_second_factor(db, settings, session, password=None)
    shown = Totp(offered.secret).code()
    enrolled = own_account.confirm_second_factor(db, settings, session, here, code=shown)
    session = sessions.authenticate(db, settings, enrolled.begun.secret)
    own_account.renew_recovery_codes(db, settings, session, password=PASSWORD)
    sessions.end(db, session, session.id)
    with suppress(login_with.LoginRefused):
        login_with.log_in(db, settings, here, login="test.geng", password="wrong", code=None)
