"""What all pages share: headers, assets, tokens of forms, refusals that say what to do."""

from __future__ import annotations

import gzip
import re
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from api.auth import public, require_marks
from casework.errors import ApplicationNotFound
from config.settings import Settings
from schemas.kit.strict_json import TooLarge
from web.app import create_app
from web.parts.page import page
from web.parts.posted import posted
from web.portal.pages import portal_pages

HTML = {"Accept": "text/html,application/xhtml+xml"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def tried(alone: Flask) -> Flask:
    """The application with a form, and pages that fail in every way."""
    app = create_app(alone.extensions["wenqi"].settings)
    pages = portal_pages("tried")
    failures: dict[str, Exception] = {
        "away": OperationalError("SELECT 1", {}, Exception("gone")),
        "large": TooLarge(10),
        "unknown": ApplicationNotFound(),
        "broken": RuntimeError("内部细节"),
    }

    @pages.route("/tried/form", methods=["GET", "POST"])
    @public
    def form() -> Response:
        text = posted().get("text", "") if posted_now() else ""
        return page("parts/form_expired.html", title=text or "空", said="", kept=[])

    @pages.route("/tried/<kind>", methods=["GET"])
    @public
    def fail(kind: str) -> Response:
        raise failures[kind]

    app.register_blueprint(pages)
    return app


def posted_now() -> bool:
    from flask import request

    return request.method == "POST"


def token(client: FlaskClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/tried/form").text)
    assert found
    return found[1]


def test_a_page_allows_nothing_inline_and_nothing_from_elsewhere(alone: Flask) -> None:
    answer = alone.test_client().get("/", headers={"Accept-Encoding": "gzip"})
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    text = gzip.decompress(answer.data).decode()
    assert not re.search(r"<style|style=|<script(?! src=)|\son\w+=", text)
    assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []


def test_assets_are_kept_for_good_under_the_hash_of_their_content(alone: Flask) -> None:
    client = alone.test_client()
    addresses = re.findall(r'"(/assets/[^"]+)"', client.get("/").text)
    assert len(addresses) == 3
    for address in addresses:
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        plain = client.get(address)
        assert "immutable" in packed.headers["Cache-Control"]
        assert gzip.decompress(packed.data) == plain.data
        old = client.get(re.sub(r"/assets/\w+/", "/assets/000000000000/", address))
        assert (old.data, old.headers["Cache-Control"]) == (plain.data, "no-cache")
    assert client.get("/assets/000000000000/none.css").status_code == 404


def test_a_form_is_taken_only_from_the_browser_it_was_made_for(tried: Flask) -> None:
    client, other = tried.test_client(), tried.test_client()
    good = token(client)
    assert client.post("/tried/form", data={"token": good, "text": "写好的"}).status_code == 200
    token(other)
    for bad in (good[:-8], "", "A" * 86):
        assert client.post("/tried/form", data={"token": bad}).status_code == 400
    assert other.post("/tried/form", data={"token": good}).status_code == 400
    assert tried.test_client().post("/tried/form", data={"token": good}).status_code == 400
    assert token(client) != good, "masked anew on each page"


def test_the_cookie_of_forms_is_out_of_reach_of_scripts(tried: Flask) -> None:
    cookie = tried.test_client().get("/tried/form").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_form_whose_token_is_gone_comes_back_with_all_that_was_typed(tried: Flask) -> None:
    client = tried.test_client()
    typed = {"token": "", "name": '样例"<b>面馆', "leases-0-rent": "２万"}
    answer = client.post("/tried/form", data=typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400
    assert "刚才填的都还在" in answer.text
    assert 'value="样例&#34;&lt;b&gt;面馆"' in answer.text
    again = re.search(r'name="token" value="([^"]+)"', answer.text)
    assert again
    sent = client.post("/tried/form", data={**typed, "token": again[1], "text": "再交"})
    assert "再交" in sent.text
    strange = client.post("/tried/form", data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert "样例" not in strange.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/tried/away", 503, "也没有重复办理"),
        ("/tried/large", 413, "内容太大"),
        ("/tried/unknown", 404, "请核对受理编号和查询码"),
        ("/tried/broken", 500, "错在我们"),
        ("/no-such-page", 404, "没有这个页面"),
    ],
)
def test_a_refusal_says_what_to_do(tried: Flask, path: str, status: int, said: str) -> None:
    tried.config["PROPAGATE_EXCEPTIONS"] = False
    answer = tried.test_client().get(path, headers=HTML)
    assert answer.status_code == status
    assert said in answer.text
    assert "您可以" in answer.text
    assert "内部细节" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_measure_says_in_five_lines_what_it_is(alone: Flask) -> None:
    """A18: who, what, how much, which papers, how long; before the notice's words and all else."""
    client = alone.test_client()
    lines_of = ["谁能办", "得什么", "多少", "备什么", "多久"]
    for number in range(1, 15):
        at = f"/measures/m{number:02}"
        for part in client.get(at).text.split('<section class="wq-sect wq-stack"')[1:-1]:
            lines = re.findall(r"<dt>([^<]+)</dt><dd>\s*([^<\s][^<]+)", part)
            assert [name for name, _ in lines] == lines_of, at
            assert re.search(r"\d个工作日内签收.*由.+来定。", lines[-1][1]), at
            assert part.index("<dl") < part.index('class="wq-q"')
            assert re.search(r'href="/apply/\w+"', part)


def test_contacts_are_found_by_what_they_are_there_for(alone: Flask) -> None:
    client = alone.test_client()

    def found(words: str) -> set[str]:
        page = client.get("/contacts", query_string={"q": words}).text
        return set(re.findall(r"<td>((?:\([一二三四五六七八九十]+\))+)</td>", page))

    assert found("实体书店") == {"(九)"}
    assert found("担保费") == {"(六)"}
    assert len(found("房租 财政局")) == 1
    assert found("没有这样的事") == set()


def test_programs_are_answered_as_programs(alone: Flask) -> None:
    client = alone.test_client()
    for path, headers in (("/no-such-page", {}), ("/api/v1/no-such", HTML)):
        answer = client.get(path, headers=headers)
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"text=" + b"x" * 300_000, 413), (b"a=1&" * 20_000, 400), ("文".encode(), 400)],
)
def test_what_a_form_sends_is_bounded(tried: Flask, body: bytes, status: int) -> None:
    answer = tried.test_client().post("/tried/form", data=body, headers=FORM)
    assert answer.status_code == status


def test_every_page_has_said_who_may_open_it(settings: Settings) -> None:
    made: Any = create_app(settings)
    require_marks(made)
