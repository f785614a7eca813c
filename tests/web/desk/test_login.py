"""Logging in at the desk: it leads nowhere else, nothing typed is lost, sessions are one's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, Response

from api import cookies
from casework.people import delegations
from casework.people.access import Principal
from casework.people.rights import Right
from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import HEAD, Office
from tests.support.people import PASSWORD, Totp, hire
from vocabulary.people import Role
from web.app import create_app
from web.desk.addresses import within
from web.desk.guard import desk
from web.desk.pages import desk_pages

LOGIN = "test.jia"


def arrive(client: DeskClient, office: Office) -> list[str]:
    """The first login with everything that it asks for; the recovery codes."""
    first = {"login": LOGIN, "setup_code": hire(office, LOGIN), "password": PASSWORD}
    begun = client.send("/desk/setup", first)
    assert begun.headers["Location"] == "/desk/account/second-factor"
    # Whose hand the code was in is for its owner to judge.
    told = client.get("/desk/account/second-factor").text
    assert re.search(r"启用码，由运维人员在\d{4}年\d+月\d+日 \d\d:\d\d生成", told)
    # Nothing else before the second factor.
    assert client.get("/desk/", 303).headers["Location"] == "/desk/account/second-factor"
    offered = client.send("/desk/account/second-factor", status=200).text
    secret = re.search(r"<code>(\w+)</code>", offered)
    assert secret
    assert "data:image/svg+xml" in offered
    confirmation = "/desk/account/second-factor/confirmation"
    assert "动态验证码不正确" in client.send(confirmation, {"code": "000000"}, 422).text
    done = client.send(confirmation, {"code": Totp(secret[1]).code()}, 200).text
    codes = re.findall(r"<code>([^<]+)</code>", done)
    assert len(codes) == 10
    return codes


@pytest.mark.parametrize(
    "asked",
    [
        "https://example.org/", "//example.org/desk/", "/\\example.org", "/desk//example.org",
        "/desk/../api/v1/session", "/desk/%0d%0aSet-Cookie: a=b\r\n", "javascript:alert(1)",
        "/status", "/desk/login?to=/desk/", "/desk/logout", "\t//example.org", "", None,
        "/desk/" + "x" * 3000,
    ],
)  # fmt: skip
def test_a_login_leads_nowhere_else(asked: str | None) -> None:
    assert within(asked) == "/desk/"


def test_a_login_leads_to_what_was_asked_for() -> None:
    for asked in (
        "/desk/",
        "/desk/cases?state=decided&sort=-due",
        "/desk/cases/WQ261104-0000007-3",
    ):
        assert within(asked) == asked


def test_first_login_second_factor_and_every_later_one(office: Office) -> None:
    app = create_app(office.settings)
    client = DeskClient(app)
    codes = arrive(client, office)
    client.get("/desk/")
    client.send("/desk/logout")
    ways = client.get("/desk/cases?q=%E9%9D%A2%E9%A6%86", 303).headers["Location"]
    form = client.get(ways).text
    to = re.search(r'name="to" value="([^"]*)"', form)
    assert to
    given = {"login": LOGIN, "password": PASSWORD, "to": to[1].replace("&amp;", "&")}
    asked = client.send("/desk/login", given, 401).text
    assert "动态验证码" in asked
    assert PASSWORD not in asked
    assert f'value="{LOGIN}"' in asked
    # The forms of another site do not log anybody in.
    assert app.test_client().post("/desk/login", data=given).status_code == 400
    for wrong in ({"password": "wrong"}, {"login": "nobody"}, {"code": "000000"}):
        refused = client.send("/desk/login", {**given, "code": codes[0], **wrong}, 401)
        assert "登录名、密码或验证码不正确" in refused.text
        assert "<title>错误：登录" in refused.text
    done = client.send("/desk/login", {**given, "code": codes[0]})
    assert done.headers["Location"] == "/desk/cases?q=%E9%9D%A2%E9%A6%86"
    given_cookies = " ".join(done.headers.getlist("Set-Cookie"))
    assert given_cookies.count("HttpOnly") == given_cookies.count("SameSite=Lax") >= 2
    # Who has logged in is not asked again.
    assert client.get("/desk/login?to=/desk/account", 303).headers["Location"] == "/desk/account"
    # It is said two minutes ahead when the login ends, with idleness and in any case.
    ending = re.search(r'data-minutes="30".* data-left="(\d+)"', client.get("/desk/account").text)
    assert ending
    assert 12 * 3600 - 60 < int(ending[1]) <= 12 * 3600
    assert scalar(office.db, "SELECT count(*) FROM event WHERE type = 'login.refused'") == 3


def test_who_has_a_code_that_was_used_is_told_whom_to_tell(app: Flask, office: Office) -> None:
    first = {"login": LOGIN, "setup_code": hire(office, LOGIN), "password": PASSWORD}
    used = DeskClient(app)
    used.send("/desk/setup", first)
    assert "由运维人员在" in used.get("/desk/account").text
    assert "可能被别人用了" in DeskClient(app).send("/desk/setup", first, 401).text


def test_cookies_are_for_tls_alone_elsewhere_than_on_one_machine(office: Office) -> None:
    abroad = create_app(replace(office.settings, public_url="https://wenqi.example.org"))
    client = DeskClient(abroad)
    first = {"login": LOGIN, "setup_code": hire(office, LOGIN), "password": PASSWORD}
    with abroad.test_client() as http:
        client.http = http
        form = http.get("/desk/setup", base_url="https://wenqi.example.org").text
        token = re.search(r'name="token" value="([^"]+)"', form)
        assert token
        done = http.post(
            "/desk/setup", data={"token": token[1], **first}, base_url="https://wenqi.example.org"
        )
    given = [each for each in done.headers.getlist("Set-Cookie") if "wenqi-" in each]
    assert len(given) == 2
    assert all(each.startswith("__Host-") and "Secure" in each for each in given)


def test_who_guesses_waits(app: Flask) -> None:
    client = DeskClient(app)
    given = {"login": LOGIN, "password": "wrong", "code": "000000"}
    for _ in range(5):
        client.send("/desk/login", given, 401)
    held = client.send("/desk/login", given, 429)
    assert int(held.headers["Retry-After"]) > 0
    assert "尝试次数过多" in held.text


def test_what_was_typed_outlives_the_session(enter: Callable[..., DeskClient]) -> None:
    client = enter()
    client.get("/desk/account")
    client.http.delete_cookie(cookies.SESSION)
    sent = {"current": "secret", "note": "写好的<b>"}
    asked = client.send("/desk/account/password", sent, 401).text
    assert "登录已经到时" in asked
    assert 'name="kept.note" value="写好的&lt;b&gt;"' in asked
    assert "secret" not in asked, "what is secret is typed anew"
    kept = {f"kept.{name}": value for name, value in sent.items()}
    again = client.send(
        "/desk/login",
        {"to": "/desk/account/password", "login": LOGIN, "password": PASSWORD, **kept},
        200,
    ).text
    assert 'action="/desk/account/password"' in again
    assert 'name="note" value="写好的&lt;b&gt;"' in again


def test_sessions_are_seen_and_ended_by_their_owner(
    app: Flask, enter: Callable[..., DeskClient], office: Office
) -> None:
    here = enter()
    there, stranger = DeskClient(app), enter("test.yi")
    there.send("/desk/login", {"login": LOGIN, "password": PASSWORD})
    listed = here.get("/desk/account").text
    (path,) = re.findall(r'action="(/desk/account/sessions/\d+/end)"', listed)
    stranger.get("/desk/account")
    assert "没有找到该登录" in stranger.send(path, status=404).text
    here.send(path)
    assert "那次登录已结束" in here.get("/desk/account").text
    assert "那次登录已结束" not in here.get("/desk/account").text
    there.get("/desk/", 303)
    here.send("/desk/account/password", {"current": "wrong", "password": PASSWORD + "新"}, 422)
    here.send("/desk/account/password", {"current": PASSWORD, "password": "aaaaaaaa"}, 422)
    here.send("/desk/account/password", {"current": PASSWORD, "password": PASSWORD + "新"})
    set_anew = "SELECT count(*) FROM event WHERE type = 'account.password_set'"
    assert scalar(office.db, set_anew) == 3
    here.send("/desk/logout")
    here.get("/desk/", 303)
    assert scalar(office.db, "SELECT count(*) FROM account_session WHERE ended_at IS NULL") == 1


def test_a_role_on_loan_counts_once_it_is_chosen(
    app: Flask, enter: Callable[..., DeskClient], office: Office
) -> None:
    tried = desk_pages("tried")

    @tried.route("/desk/tried", methods=["GET"])
    @desk(Right.APPROVE)
    def heads(principal: Principal) -> Response:
        return Response(principal.standing_in_for(Right.APPROVE))

    app.register_blueprint(tried)
    client = enter("test.jia", Role.OFFICER)
    office.employ(HEAD)
    delegations.lend(
        office.db, office.settings, HEAD, to="test.jia", ends_on=office.in_days(3), reason="出差"
    )
    refused = client.get("/desk/tried", 403).text
    assert "这一页只对主管开放，您的角色是经办人" in refused
    assert "您有代办的角色" in refused
    code = re.search(r'name="for" value="(\w+)">代测试丙（主管）办理', refused)
    assert code
    client.send("/desk/account/standing-in", {"for": code[1]})
    assert "正在代测试丙（主管）" in client.get("/desk/").text
    assert client.get("/desk/tried").text == "测试丙"
    for nobody in ("", "0" * 16):
        client.send("/desk/account/standing-in", {"for": nobody})
        client.get("/desk/tried", 403)


def test_an_address_where_nothing_lies_is_said_at_the_desk(
    enter: Callable[..., DeskClient],
) -> None:
    said = enter().get("/desk/no-such-page", 404).text
    assert "没有这个地址" in said
    assert 'class="wq-desk"' in said
