"""Logins over real HTTP: cookies, the page's token, sessions, and what roles may by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from casework.people import accounts, tokens
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.people import PASSWORD, Browser, hire
from tests.support.served import served
from vocabulary.people import Role

LOGIN = "test.jia"
OTHER = "a completely different sentence"


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    with served(office.settings) as made:
        yield made


@pytest.fixture
def browser(url: str, office: Office) -> Browser:
    """Of a supervisor who has logged in."""
    made = Browser(url)
    made.set_up(LOGIN, hire(office, LOGIN, Role.SUPERVISOR, Role.OFFICER))
    return made


def held(browser: Browser) -> str:
    """The session's cookie."""
    return str(browser.http.cookies.get("wenqi-session", domain="127.0.0.1"))


def test_from_the_setup_code_to_the_second_factor(url: str, office: Office) -> None:
    code = hire(office, LOGIN)
    made = Browser(url)
    assert made.call("GET", "/session").status_code == 401
    body = {"login": LOGIN, "setup_code": code, "password": PASSWORD}
    begun = made.call("POST", "/session/setup", body)
    assert (begun.json()["stage"], begun.headers["Cache-Control"]) == ("enrolling", "no-store")
    cookies = begun.headers["Set-Cookie"]
    for part in ("wenqi-session=", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookies
    assert "Secure" not in cookies  # as this is http on one machine
    refused = made.call("GET", "/cases")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_not_set_up")
    before = held(made)
    offered = made.call("POST", "/account/second-factor", {}).json()
    assert offered["picture"].startswith("data:image/svg+xml")
    wrong = made.call("POST", "/account/second-factor/confirmation", {"code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "totp_code_wrong")
    again = Browser(url)
    assert again.log_in(LOGIN).json()["stage"] == "enrolling"
    made.call("DELETE", "/session")
    made.set_up(LOGIN, accounts.reset(office.db, office.settings, LOGIN))
    assert len(set(made.recovery_codes)) == 10
    assert held(made) != before
    assert made.call("GET", "/cases").status_code == 200
    told = made.call("GET", "/session").json()
    assert (told["bureau"], told["roles"], told["has_second_factor"]) == (
        "sasac", ["officer"], True,
    )  # fmt: skip
    assert (told["code_made_by"], told["code_made_at"] is None) == ("operator", False)
    assert again.call("GET", "/session").status_code == 401


def test_elsewhere_than_on_one_machine_cookies_are_for_tls_alone(office: Office) -> None:
    body = {"login": LOGIN, "setup_code": hire(office, LOGIN), "password": PASSWORD}
    with served(replace(office.settings, public_url="https://wenqi.example.org")) as url:
        answer = requests.post(f"{url}/api/v1/session/setup", json=body, timeout=30)
    cookies = answer.headers["Set-Cookie"]
    assert "__Host-wenqi-session=" in cookies
    assert cookies.count("Secure") == cookies.count("HttpOnly") == 2


def test_what_writes_shows_the_pages_token(browser: Browser, office: Office) -> None:
    receipt = office.submit().receipt
    path = f"/cases/{receipt}/acknowledgement"
    version = {"If-Match": '"2"'}
    for stolen in ("", "0" * 64, browser.csrf[:-1]):
        refused = browser.call("POST", path, None, **{**version, "X-CSRF-Token": stolen})
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_token_missing")
    for method, own in (("DELETE", "/session"), ("POST", "/account/recovery-codes")):
        refused = browser.call(method, own, {"password": PASSWORD}, **{"X-CSRF-Token": ""})
        assert refused.json()["code"] == "csrf_token_missing"
    assert browser.call("POST", path, None, **version).status_code == 200
    by = scalar(office.db, "SELECT acknowledged_by FROM application")
    assert by == f"sasac:{LOGIN}"


def test_a_session_that_was_there_before_a_login_is_not_the_one_after(browser: Browser) -> None:
    before = held(browser)
    assert browser.log_in(LOGIN).status_code == 200
    after = held(browser)
    assert after != before
    planted = Browser(browser.url.removesuffix("/api/v1"))
    planted.http.cookies.set("wenqi-session", before, domain="127.0.0.1")
    assert planted.call("GET", "/session").status_code == 401
    planted.http.cookies.set("wenqi-session", "chosen-by-somebody-else", domain="127.0.0.1")
    assert planted.call("POST", "/session", {
        "login": LOGIN, "password": PASSWORD, "code": browser.recovery_codes[0],
    }).status_code == 200  # fmt: skip
    assert held(planted) != "chosen-by-somebody-else"


def test_sessions_are_seen_and_ended_by_their_owner_alone(
    url: str, browser: Browser, office: Office
) -> None:
    there = Browser(url)
    body = {"login": LOGIN, "password": PASSWORD, "code": browser.recovery_codes[0]}
    assert there.call("POST", "/session", body).status_code == 200
    stranger = Browser(url)
    stranger.set_up("test.yi", hire(office, "test.yi"))
    listed = browser.call("GET", "/account/sessions").json()["items"]
    assert [each["is_this"] for each in listed] == [False, True]
    assert listed[0]["address"] == "127.0.0.0/24"
    path = f"/account/sessions/{listed[0]['id']}"
    assert stranger.call("DELETE", path).json()["code"] == "session_not_found"
    assert browser.call("DELETE", path).status_code == 204
    assert there.call("GET", "/session").json()["code"] == "session_over"
    assert browser.call("DELETE", "/session").status_code == 204
    assert browser.call("GET", "/session").status_code == 401


def test_the_own_account_asks_for_the_password(browser: Browser) -> None:
    for path, body in (
        ("/account/password", {"current": "wrong", "password": OTHER}),
        ("/account/second-factor", {"password": "wrong"}),
        ("/account/second-factor", {}),
        ("/account/recovery-codes", {"password": "wrong"}),
    ):
        answer = browser.call("POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_wrong"), path
    weak = browser.call("POST", "/account/password", {"current": PASSWORD, "password": "a" * 20})
    assert weak.json()["code"] == "weak_password"
    short = browser.call("POST", "/account/password", {"current": PASSWORD, "password": "a"})
    assert short.json()["errors"][0]["pointer"] == "/password"
    done = browser.call("POST", "/account/password", {"current": PASSWORD, "password": OTHER})
    assert done.status_code == 204
    codes = browser.call("POST", "/account/recovery-codes", {"password": OTHER}).json()
    assert not set(codes["recovery_codes"]) & set(browser.recovery_codes)


def test_a_wrong_login_says_what_is_missing_and_no_more(browser: Browser, office: Office) -> None:
    body = {"login": LOGIN, "password": PASSWORD}
    needed = browser.call("POST", "/session", body)
    assert (needed.status_code, needed.json()["code"]) == (401, "second_factor_needed")
    for wrong in (
        {**body, "code": "000000"},
        {**body, "password": "wrong"},
        {**body, "login": "nobody"},
    ):
        answer = browser.call("POST", "/session", wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "login_refused")
    tries = "SELECT count(*) FROM event WHERE type IN ('login.refused', 'access.failed')"
    assert scalar(office.db, tries) == 3, "each is on the trail once"
    while (
        answer := browser.call("POST", "/session", {**body, "login": "nobody"})
    ).status_code != 429:
        assert answer.status_code == 401
    assert int(answer.headers["Retry-After"]) > 0


def test_roles_over_a_session_are_the_roles_over_a_token(url: str, office: Office) -> None:
    """The whole table is tried with tokens in `test_roles`; here, that a session is asked the same,
    and that own accounts are for sessions alone."""
    receipt = office.submit().receipt
    tried = [
        ("GET", "/cases"), ("GET", f"/cases/{receipt}"), ("GET", f"/cases/{receipt}/trail"),
        ("POST", f"/cases/{receipt}/determination"), ("POST", f"/cases/{receipt}/findings"),
        ("POST", f"/cases/{receipt}/determination/approval"), ("POST", "/exports"),
        ("GET", "/calendars"), ("GET", "/delegations"), ("POST", "/delegations"),
        ("POST", f"/cases/{receipt}/identity"), ("PUT", "/visits/capacity"),
        ("GET", "/reports/intake"), ("GET", "/inbox"), ("POST", "/applications/batch"),
    ]  # fmt: skip
    version = {"If-Match": '"2"'}
    own = [("GET", "/session"), ("GET", "/account/sessions"), ("POST", "/account/recovery-codes")]
    for role in (Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN):
        login = f"test.{role}"
        person = Browser(url)
        person.set_up(login, hire(office, login, role))
        credential = tokens.create(
            office.db, office.settings, bureau="sasac", role=role, label=login
        )
        program = Browser(url)
        bearer = {"Authorization": f"Bearer {credential}", **version}
        for method, path in tried:
            by_session = person.call(method, path, {}, **version).status_code
            by_token = program.call(method, path, {}, **bearer).status_code
            # Filing in many lines is a sending system's.
            expected = 401 if path == "/applications/batch" else by_token
            assert by_session == expected, (role, method, path)
        for method, path in own:
            assert program.call(method, path, {}, **bearer).status_code == 401
        # A token goes before a cookie, and needs no page's token.
        assert person.call("GET", "/cases", None, Authorization="Bearer wrong").status_code == 401
        accounts.disable(office.db, login)
        for answer in (person.call("GET", "/cases"), program.call("GET", "/cases", None, **bearer)):
            assert answer.status_code == 401


def test_logins_that_are_held_off_are_on_the_trail_too(url: str, office: Office) -> None:
    """Whoever guesses on while nothing is looked at is seen all the same."""
    body = {"login": LOGIN, "password": "wrong-password"}
    statuses = [
        requests.post(f"{url}/api/v1/session", json=body, timeout=30).status_code for _ in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    assert column(
        office.db,
        "SELECT data ->> 'credential' FROM event WHERE type = 'access.failed' ORDER BY id",
    ) == ["held_off"]
    assert scalar(office.db, "SELECT count(*) FROM event WHERE type = 'login.refused'") == 5


def test_a_code_that_was_seen_opens_nothing_a_second_time(url: str, office: Office) -> None:
    browser, thief = Browser(url), Browser(url)
    browser.set_up("test.jia", hire(office, "test.jia"))
    assert browser.totp is not None
    for code in (browser.totp.code(), browser.recovery_codes[0]):
        assert browser.log_in("test.jia", code=code).status_code == 200
        for other in (browser, thief):
            again = other.log_in("test.jia", code=code)
            assert (again.status_code, again.json()["code"]) == (401, "login_refused")
