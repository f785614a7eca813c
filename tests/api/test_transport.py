"""How answers travel: compressed where that gives nothing away, to other origins where allowed."""

from __future__ import annotations

import gzip
import json
from typing import Any, Final

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from config.settings import Settings
from config.urls import web_origins
from tests.support.keys import TEST_RING, TEST_SECRET_KEY

FORMS: Final = "https://forms.example.org"
GZIP: Final = {"Accept-Encoding": "gzip, deflate"}


def client(**more: Any) -> FlaskClient:
    """The API without its servers: what is asked of it here needs none."""
    settings = Settings(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
        redis_url="redis://127.0.0.1:1/0",
        secret_key=TEST_SECRET_KEY,
        data_keys=TEST_RING,
        **more,
    )
    return create_app(settings).test_client(use_cookies=False)


def test_large_public_answers_travel_compressed_for_who_takes_them() -> None:
    api = client()
    for path in ("/openapi.json", "/docs/assets/swagger-ui-bundle.js", "/api/v1/provisions"):
        plain, packed = api.get(path), api.get(path, headers=GZIP)
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) * 2 < len(plain.data)
        assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert json.loads(gzip.decompress(packed.data))["provisions"]
    assert "Content-Encoding" not in api.get("/healthz", headers=GZIP).headers, "too small"
    refused = api.get("/openapi.json", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_nothing_is_compressed_that_a_browser_asked_for_with_a_secret_of_its_own() -> None:
    """A page elsewhere can make a browser ask, and sees how long the answer was (BREACH)."""
    api = client()
    with_cookie = {**GZIP, "Cookie": "__Host-wenqi-session=x"}
    assert "Content-Encoding" not in api.get("/api/v1/provisions", headers=with_cookie).headers
    packed = api.get("/docs/assets/swagger-ui-bundle.js", headers=with_cookie)
    assert packed.headers["Content-Encoding"] == "gzip", "the same for everybody"
    sent = api.post("/api/v1/screenings", json={"x" * 3000: 1}, headers=GZIP)
    assert "Content-Encoding" not in sent.headers


def test_what_people_read_is_chinese_whatever_language_is_asked_for_and_says_so() -> None:
    api = client()
    for path, status in (("/api/v1/provisions", 200), ("/api/v1/nowhere", 404), ("/docs", 200)):
        plain, asked = api.get(path), api.get(path, headers={"Accept-Language": "en, de;q=0.8"})
        assert (asked.status_code, asked.headers["Content-Language"]) == (status, "zh-CN")
        assert "Accept-Language" not in asked.headers.get("Vary", "")
        if status == 200:
            assert asked.data == plain.data
    style = api.get("/docs/assets/swagger-ui-bundle.js")
    assert "Content-Language" not in style.headers, "nobody reads it"


def test_other_origins_are_let_in_by_a_setting_and_never_with_cookies() -> None:
    asked = {
        "Origin": FORMS,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type, idempotency-key",
    }
    closed = client()
    assert closed.options("/api/v1/applications", headers=asked).status_code == 405
    answer = closed.get("/api/v1/provisions", headers={"Origin": FORMS})
    assert "Access-Control-Allow-Origin" not in answer.headers
    api = client(cors_origins=(FORMS,))
    allowed = api.options("/api/v1/applications", headers=asked)
    assert allowed.status_code == 204
    assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in allowed.headers["Access-Control-Allow-Headers"]
    # What is refused can be read as well.
    for answer in (
        api.get("/api/v1/provisions", headers={"Origin": FORMS}),
        api.get("/api/v1/nowhere", headers={"Origin": FORMS}),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == FORMS
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
    for origin, path in ((FORMS.upper(), "/api/v1/provisions"), ("null", "/api/v1/provisions"),
                         (FORMS, "/docs")):  # fmt: skip
        answer = api.get(path, headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers
    stranger = {**asked, "Origin": "https://elsewhere.example"}
    assert api.options("/api/v1/applications", headers=stranger).status_code == 405


@pytest.mark.parametrize(
    "wrong",
    [
        "*",
        "https://*.example.org",
        "https://forms.example.org/",
        "forms.example.org",
        "https://forms.example.org:443",
        "https://Forms.example.org",
        "https://u@forms.example.org",
        "null",
    ],
)
def test_an_origin_is_written_as_browsers_name_it(wrong: str) -> None:
    with pytest.raises(ValueError, match="must be origins of the form"):
        web_origins(f"{FORMS},{wrong}")


def test_origins_are_read_one_by_one() -> None:
    assert web_origins(f"{FORMS}, http://127.0.0.1:8080") == (FORMS, "http://127.0.0.1:8080")
