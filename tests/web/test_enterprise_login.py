"""An enterprise logs in: what it sees, what it may do, and what nobody gets by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from casework.acts import contact_code
from casework.intake.accept import Accepted
from casework.intake.identity import Identity, of_login
from config.enterprise_login import EnterpriseLogin
from config.settings import Settings, SettingsError
from tests.support import filing, visitor
from tests.support.applications import tenant_body, uscc
from tests.support.browser import DESKTOP, PHONE, picture, window
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.openid_provider import provider
from tests.support.packaged import example, load_application
from tests.support.pages import serving
from web.app import create_app
from web.portal import enterprise

OWN, OTHER = uscc(851), uscc(852)
USERS: list[dict[str, Any]] = [
    {"sub": "e-1", "uscc": OWN, "organization": "测试面馆有限公司"},
    {"sub": "e-2", "uscc": OTHER, "organization": "测试书店有限公司"},
    {"sub": "e-3", "groups": ["heads"]},
    {"sub": "e-4", "uscc": "91110102MA00A001X0"},
    {"sub": "e-5", "uscc": example(visitor.TENANT)["enterprise"]["uscc"]},
]


@pytest.fixture
def app(office: Office, tmp_path: Path) -> Iterator[Flask]:
    secret = tmp_path / "client-secret"
    secret.write_text("a-secret-of-the-client\n", encoding="utf-8")
    with provider(tmp_path, USERS) as issuer:
        login = EnterpriseLogin(issuer=issuer, client_id="portal", client_file=secret)
        codes = tmp_path / "codes"
        office.settings = replace(office.settings, enterprise_login=login, codes_file=codes)
        yield create_app(office.settings)


def file(office: Office, code: str, identity: Identity, phone: str = "13800000111") -> Accepted:
    body = tenant_body(uscc=code)
    body["enterprise"]["contact"]["phone"] = phone
    made = load_application(body)
    filed = filing.accept(office.db, office.settings, made, identity=identity)
    office.assess_all()
    return filed


def confirmed(office: Office, code: str, phone: str) -> Accepted:
    """Somebody's application, whose telephone they have confirmed."""
    filed = file(office, code, filing.OPEN_FORM, phone)
    given = (office.db, replace(office.settings, codes_file=Path("codes")), filed.receipt)
    contact_code.ask(*given, filed.access_code, channel="sms")
    typed = filing.code_of(office.db, office.settings, filed.receipt)
    contact_code.verify(*given, filed.access_code, code=typed)
    return filed


def at_provider(client: FlaskClient, subject: str, start: str = "/login") -> str:
    """Log in at the provider; the path to come back by."""
    asked = client.get(start)
    assert asked.status_code == 303, asked.text
    assert asked.headers["Cache-Control"] == "no-store"
    url = asked.headers["Location"]
    query = parse_qs(urlsplit(url).query)
    assert query["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(query)
    back = requests.post(url, data={"sub": subject}, timeout=30, allow_redirects=False)
    location = urlsplit(back.headers["Location"])
    return f"{location.path}?{location.query}"


def send(client: FlaskClient, path: str, at: str = "/mine", **fields: str) -> int:
    """Send a form of a page; the status of the answer."""
    token = re.search(r'name="token" value="([^"]+)"', client.get(at).text)
    assert token
    return client.post(path, data={"token": token[1], **fields}).status_code


def test_an_enterprise_sees_what_it_filed_and_nothing_of_others(office: Office, app: Flask) -> None:
    own = file(office, OWN, of_login())
    stranger = confirmed(office, OWN, "13900000666")
    other = file(office, OTHER, of_login())
    client = app.test_client()
    assert client.get(at_provider(client, "e-1")).headers["Location"] == "/mine"
    listed = client.get("/mine")
    assert listed.headers["Cache-Control"] == "no-store"
    assert own.receipt in listed.text
    assert "测试面馆有限公司" in listed.text
    assert "另有1份" in listed.text
    for foreign in (stranger, other):
        assert foreign.receipt not in listed.text
        send(client, "/mine/open", receipt=foreign.receipt)
        for path in ("/status", "/status/data", "/status/again", "/receipt"):
            assert foreign.receipt not in client.get(path).text.replace(
                f'value="{foreign.receipt}"', ""
            )
    send(client, "/mine/open", receipt=own.receipt)
    assert "没有核实的，只能自己来查。" in client.get("/receipt").text, "who files is known"
    assert "责任单位也才能认定" not in client.get("/status/code").text
    shown = client.get("/status")
    assert "办到哪一步了" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    # What may be done with an access code may be done by the enterprise itself.
    assert send(client, "/status/ask", "/status/ask", **{"/words": "房东不肯减租"}) == 303
    assert len(office.status(own)["requests"]) == 1
    told = "SELECT data->>'how' FROM event WHERE type = 'request.opened'"
    assert column(office.db, told) == ["login"], "the trail says that no code was used"
    assert "办到哪一步了" not in app.test_client().get("/status").text


def test_a_session_ends_by_itself_by_its_owner_and_everywhere(office: Office, app: Flask) -> None:
    file(office, OWN, of_login())
    clients = [app.test_client() for _ in range(3)]
    for client in clients:
        client.get(at_provider(client, "e-1"))
        assert "测试面馆" in client.get("/mine").text
    first, second, third = clients
    secret = first.get_cookie("wenqi-enterprise")
    assert secret is not None
    assert send(first, "/login/leave") == 303
    first.set_cookie("wenqi-enterprise", secret.value)
    assert "测试面馆" not in first.get("/mine").text
    assert "测试面馆" in second.get("/mine").text
    assert third.post("/login/leave-everywhere", data={"x": "1"}).status_code == 400, (
        "no token, no act"
    )
    assert send(second, "/login/leave-everywhere") == 303
    assert "测试面馆" not in third.get("/mine").text
    for late in ("last_seen_at = last_seen_at - interval '61 minutes'", "ends_at = app_now()"):
        client = app.test_client()
        client.get(at_provider(client, "e-1"))
        with office.db.transaction() as conn:
            conn.exec_driver_sql(f"UPDATE enterprise_session SET {late}")  # noqa: S608
        assert "测试面馆" not in client.get("/mine").text
    assert secret.value.encode() not in b"".join(
        bytes(each) for each in column(office.db, "SELECT secret_hash FROM enterprise_session")
    )


def test_an_answer_that_was_not_asked_for_opens_nothing(office: Office, app: Flask) -> None:
    victim, attacker = app.test_client(), app.test_client()
    path = at_provider(attacker, "e-2")
    assert victim.get(path).status_code == 401
    at_provider(victim, "e-1")
    assert victim.get(path).status_code == 401
    assert "测试书店" not in victim.get("/mine").text
    # Whoever is no enterprise, or one with a code that cannot be, stays outside.
    for subject in ("e-3", "e-4"):
        client = app.test_client()
        refused = client.get(at_provider(client, subject))
        assert refused.status_code == 403
        assert client.get_cookie("wenqi-enterprise") is None
    assert scalar(office.db, "SELECT count(*) FROM account") == 0
    assert scalar(office.db, "SELECT count(*) FROM enterprise_session") == 0
    # An officer's page knows nothing of such a login.
    client = app.test_client()
    client.get(at_provider(client, "e-1"))
    assert client.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize(
    ("to", "then"),
    [
        ("/apply/m01_rent_relief", "/apply/m01_rent_relief"),
        ("//example.org", "/mine"),
        ("https://example.org/mine", "/mine"),
        ("/mine/../desk", "/mine"),
        ("/\\example.org", "/mine"),
    ],
)
def test_after_the_login_only_pages_of_ours_are_gone_to(app: Flask, to: str, then: str) -> None:
    client = app.test_client()
    back = at_provider(client, "e-1", f"/login?to={to}")
    kept = client.get_cookie("wenqi-enterprise-oidc")
    assert kept is not None
    swapped = app.test_client()
    swapped.set_cookie("wenqi-enterprise-oidc", kept.value.rpartition(".")[0] + ".//example.org")
    assert swapped.get(back).status_code == 401
    assert client.get(back).headers["Location"] == then


def test_a_recycled_telephone_or_a_known_credit_code_shows_nothing(office: Office) -> None:
    app = create_app(office.settings)
    first = confirmed(office, OWN, "13800000111")
    same = confirmed(office, OWN, "13800000111")
    elsewhere = confirmed(office, OTHER, "13800000111")
    stranger = confirmed(office, OWN, "13900000666")

    def listed(filed: Accepted) -> str:
        client = app.test_client()
        send(client, "/status", "/status", receipt=filed.receipt, code=filed.access_code)
        return client.get("/mine").text

    assert same.receipt in listed(first)
    for other in (elsewhere, stranger):
        assert other.receipt not in listed(first)
        assert first.receipt not in listed(other)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET identity_at = identity_at - interval '61 days'"
            " WHERE receipt = %(receipt)s",
            {"receipt": first.receipt},
        )
    assert first.receipt not in listed(same)
    assert same.receipt not in listed(first)


def test_a_filing_of_the_session_is_assured_for_its_own_code_only(
    office: Office, app: Flask
) -> None:
    own = file(office, OWN, of_login())
    assert office.status(own)["identity"]["level"] == "assured"
    assert office.status(own)["identity"]["confirmed"] == [], "no address is confirmed by a login"
    client = app.test_client()
    client.get(at_provider(client, "e-1"))
    cookie = client.get_cookie("wenqi-enterprise")
    assert cookie is not None
    for code, level in ((OWN, "assured"), (OTHER, "unverified")):
        with app.test_request_context("/", headers={"Cookie": f"wenqi-enterprise={cookie.value}"}):
            made = enterprise.who_files(load_application(tenant_body(uscc=code)))
        assert made.level == level


def test_who_files_is_said_before_it_is_filed(app: Flask) -> None:
    """A login that ended meanwhile would else have filed as anybody, and nobody had noticed."""
    who = visitor.visitor(app)
    visitor.has_draft(who)
    at, client = f"/apply/{visitor.TENANT}/check", who.pages.client
    assert "现在没有登录企业账号" in who.pages.open(at)
    assert f'href="/login?to=/apply/{visitor.TENANT}"' in who.pages.open(at)
    client.get(at_provider(client, "e-1"))
    assert "测试面馆有限公司，这份填的不是它的信用代码" in who.pages.open(at)
    client.get(at_provider(client, "e-5"))
    assert "的账号提交，身份已实名认证" in who.pages.open(at)


def test_what_was_said_before_begins_a_new_application(office: Office, app: Flask) -> None:
    own = file(office, OWN, of_login())
    client = app.test_client()
    client.get(at_provider(client, "e-1"))
    send(client, "/mine/open", receipt=own.receipt)
    asked = client.get("/status/again").text
    assert own.receipt in asked
    assert send(client, "/status/again", "/status/again") == 303
    assert scalar(office.db, "SELECT count(*) FROM draft") == 1
    stranger = app.test_client()
    assert "查询码" in stranger.get("/status/again").text
    assert stranger.post("/status/again", data={"x": "1"}).status_code == 400


def test_the_pages_in_both_windows(office: Office, app: Flask, browser: Browser) -> None:
    own = file(office, OWN, of_login())
    confirmed(office, OWN, "13900000666")
    client = app.test_client()
    client.get(at_provider(client, "e-1"))
    cookie = client.get_cookie("wenqi-enterprise")
    assert cookie is not None
    with serving(app) as address:
        for size in (PHONE, DESKTOP):
            with window(browser, address, size) as seen:
                seen.open("/mine")
                seen.page.context.add_cookies(
                    [{"name": "wenqi-enterprise", "value": cookie.value, "url": address}]
                )
                shown = seen.open("/mine")
                picture(shown, f"mine-{size[0]}")
                with shown.expect_navigation():
                    shown.click("button:has-text('看进度')")
                assert own.receipt in shown.inner_text("main")
                seen.open("/status/again")
                picture(shown, f"again-{size[0]}")


def test_the_client_of_officers_is_not_that_of_enterprises(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x", encoding="utf-8")
    env = {
        "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "OIDC_ISSUER": "https://id.example.org",
        "OIDC_CLIENT_ID": "wenqi",
        "OIDC_CLIENT_FILE": str(secret),
        "OIDC_GROUPS": "heads=sasac:officer",
        "ENTERPRISE_OIDC_ISSUER": "https://id.example.org",
        "ENTERPRISE_OIDC_CLIENT_ID": "wenqi",
        "ENTERPRISE_OIDC_CLIENT_FILE": str(secret),
    }
    with pytest.raises(SettingsError, match="ENTERPRISE_OIDC_CLIENT_ID"):
        Settings.from_env(env)
