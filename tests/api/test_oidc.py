"""Logging in with an OpenID provider: a real one, as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from casework.people import accounts, release, tokens
from config.accounts import ROLES, Accounts, groups
from tests.support.ledgers import column
from tests.support.office import Office
from tests.support.openid_provider import provider
from tests.support.people import PASSWORD, Browser, hire
from tests.support.served import served
from vocabulary.people import OF_PEOPLE, Role

USERS: list[dict[str, Any]] = [
    {"sub": "u-1", "preferred_username": "Test.Jia", "name": "测试甲", "groups": ["heads", "x"]},
    {"sub": "u-2", "preferred_username": "test.yi", "name": "测试乙", "groups": ["x"]},
    {"sub": "u-3", "preferred_username": "test.bing", "groups": ["heads", "money"]},
    {"sub": "u-4", "preferred_username": "test.ding", "groups": ["money"]},
    {"sub": "u-5", "preferred_username": "test.wu"},
]
GROUPS = "heads=sasac:supervisor,heads=sasac:officer,money=finance:officer"


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[str]:
    with provider(tmp_path, USERS) as url:
        yield url


@pytest.fixture
def url(office: Office, issuer: str, tmp_path: Path) -> Iterator[str]:
    secret = tmp_path / "client-secret"
    secret.write_text("a-secret-of-the-client\n", encoding="utf-8")
    known = Accounts(
        oidc_issuer=issuer,
        oidc_client_id="wenqi",
        oidc_client_file=secret,
        oidc_groups=groups(GROUPS),
    )
    with served(replace(office.settings, accounts=known)) as made:
        yield made


def go(browser: Browser, subject: str) -> str:
    """Log in at the provider; the path to come back by."""
    asked = browser.call("GET", "/session/oidc")
    assert asked.status_code == 302, asked.text
    url = asked.headers["Location"]
    query = parse_qs(urlsplit(url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(query)
    back = requests.post(url, data={"sub": subject}, timeout=30, allow_redirects=False)
    location = urlsplit(back.headers["Location"])
    return f"{location.path.removeprefix('/api/v1')}?{location.query}"


def test_groups_give_bureau_and_roles_anew_at_each_login(url: str, office: Office) -> None:
    browser = Browser(url)
    told = browser.call("GET", go(browser, "u-1")).json()
    assert (told["stage"], told["login"], told["name"]) == ("open", "test.jia", "测试甲")
    assert (told["bureau"], told["roles"]) == ("sasac", ["supervisor", "officer"])
    assert browser.call("GET", "/cases").status_code == 200
    accounts.change(office.db, "test.jia", roles=[Role.AUDITOR], bureau="finance")
    assert browser.call("GET", "/session").json()["roles"] == ["auditor"]
    told = browser.call("GET", go(browser, "u-1")).json()
    assert (told["bureau"], told["roles"]) == ("sasac", ["supervisor", "officer"])
    assert column(office.db, "SELECT actor FROM account") == ["sasac:test.jia"]
    for path, body in (
        ("/account/password", {"current": "x", "password": "correct horse battery staple"}),
        ("/account/second-factor", {"password": "x"}),
    ):
        assert browser.call("POST", path, body).json()["code"] == "no_password"
    accounts.disable(office.db, "test.jia")
    refused = browser.call("GET", go(browser, "u-1"))
    assert (refused.status_code, refused.json()["code"]) == (401, "oidc_refused")


def test_who_waits_for_a_second_administrator_comes_in_by_no_provider(
    url: str, office: Office
) -> None:
    browser = Browser(url)
    assert browser.call("GET", go(browser, "u-1")).status_code == 200
    with office.db.transaction() as conn:
        release.hold(conn, 1, "sasac:test.guan")
    assert browser.call("GET", "/cases").status_code == 401
    refused = browser.call("GET", go(browser, "u-1"))
    assert (refused.status_code, refused.json()["code"]) == (403, "account_waits")


def test_nobody_comes_in_without_a_group_or_with_two_bureaus(url: str) -> None:
    browser = Browser(url)
    for subject in ("u-2", "u-3", "u-5"):
        refused = browser.call("GET", go(browser, subject))
        assert (refused.status_code, refused.json()["code"]) == (403, "oidc_no_role"), subject


def test_whoever_has_left_every_group_keeps_no_session(
    url: str, office: Office, issuer: str
) -> None:
    before = Browser(url)
    before.set_up("test.wu", hire(office, "test.wu"))
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE account SET oidc_issuer = %(issuer)s, oidc_subject = 'u-2'",
            {"issuer": issuer},
        )
    assert before.call("GET", "/cases").status_code == 200
    held = tokens.create(office.db, office.settings, bureau="sasac", label="test.wu")
    bearer = {"Authorization": f"Bearer {held}"}
    assert Browser(url).call("GET", "/cases", **bearer).status_code == 200
    browser = Browser(url)
    assert browser.call("GET", go(browser, "u-2")).json()["code"] == "oidc_no_role"
    assert before.call("GET", "/cases").status_code == 401
    assert Browser(url).call("GET", "/cases", **bearer).status_code == 401
    # Nor does the password of before open anything, whether the groups were left or not.
    refused = before.log_in("test.wu")
    assert (refused.status_code, refused.json()["code"]) == (401, "login_refused")
    fresh = accounts.reset(office.db, office.settings, "test.wu")
    given = {"login": "test.wu", "setup_code": fresh, "password": PASSWORD}
    assert before.call("POST", "/session/setup", given).json()["code"] == "login_refused"


def test_whoever_has_left_one_group_keeps_no_token_of_its_role(url: str, office: Office) -> None:
    browser = Browser(url)
    assert browser.call("GET", go(browser, "u-1")).status_code == 200
    # Groups gave more before than they do now.
    accounts.change(office.db, "test.jia", roles=[Role.SUPERVISOR, Role.OFFICER, Role.AUDITOR])
    held = {
        role: tokens.create(office.db, office.settings, bureau="sasac", label="test.jia", role=role)
        for role in (Role.OFFICER, Role.AUDITOR)
    }

    def status(role: Role) -> int:
        bearer = {"Authorization": f"Bearer {held[role]}"}
        return Browser(url).call("GET", "/cases", **bearer).status_code

    assert (status(Role.OFFICER), status(Role.AUDITOR)) == (200, 200)
    assert browser.call("GET", go(browser, "u-1")).status_code == 200
    assert (status(Role.OFFICER), status(Role.AUDITOR)) == (200, 401)


def test_one_person_is_one_account_when_somebody_said_so(
    url: str, office: Office, issuer: str
) -> None:
    hire(office, "test.ding", bureau="finance", formerly="测试丁")
    browser = Browser(url)
    refused = browser.call("GET", go(browser, "u-4"))
    assert (refused.status_code, refused.json()["code"]) == (403, "account_not_linked")
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE account SET oidc_issuer = %(issuer)s, oidc_subject = 'u-4'",
            {"issuer": issuer},
        )
    assert browser.call("GET", go(browser, "u-4")).json()["label"] == "测试丁"
    # A label that only tokens have is somebody, too.
    tokens.create(office.db, office.settings, bureau="sasac", label="test.jia")
    assert browser.call("GET", go(browser, "u-1")).json()["code"] == "account_not_linked"


def test_an_answer_that_was_not_asked_for_opens_nothing(url: str, issuer: str) -> None:
    victim, attacker = Browser(url), Browser(url)
    path = go(attacker, "u-1")
    # Another browser brings it back: no cookie, or the one of another question.
    assert victim.call("GET", path).json()["code"] == "oidc_refused"
    go(victim, "u-1")
    assert victim.call("GET", path).json()["code"] == "oidc_refused"
    state = parse_qs(urlsplit(path).query)["state"][0]
    for wrong in (
        path.replace(state, "0" * len(state)),
        f"/session/oidc/callback?state={state}&code=wrong",
        f"/session/oidc/callback?state={state}&error=access_denied",
        "/session/oidc/callback",
    ):
        assert attacker.call("GET", wrong).json()["code"] == "oidc_refused", wrong
    assert attacker.call("GET", path).status_code == 200
    # A code is good once.
    assert attacker.call("GET", path).status_code == 401
    # Asked with another nonce, a token for somebody's other login is no answer.
    other = Browser(url)
    asked = other.call("GET", "/session/oidc").headers["Location"]
    nonce = parse_qs(urlsplit(asked).query)["nonce"][0]
    back = requests.post(
        asked.replace(nonce, "f" * 64), data={"sub": "u-1"}, timeout=30, allow_redirects=False
    )
    location = urlsplit(back.headers["Location"])
    answer = other.call("GET", f"{location.path.removeprefix('/api/v1')}?{location.query}")
    assert answer.json()["code"] == "oidc_refused"
    assert issuer in asked


def test_without_a_provider_there_is_no_such_login(office: Office) -> None:
    with served(office.settings) as url:
        answer = Browser(url).call("GET", "/session/oidc")
    assert answer.json()["code"] == "oidc_not_configured"


def test_groups_give_the_roles_that_people_have() -> None:
    assert tuple(OF_PEOPLE) == ROLES
