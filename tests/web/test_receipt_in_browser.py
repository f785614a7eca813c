"""The receipt: what it shows, for how long, on paper, as a picture; and who can get at it."""

from __future__ import annotations

import logging
import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Browser

from api.auth import public
from casework.intake.accept import Accepted
from tests.support.applications import tenant_body, uscc
from tests.support.browser import DESKTOP, PHONE, window
from tests.support.office import Office, decide
from tests.support.pages import serving
from web.app import create_app
from web.portal import holding
from web.portal.pages import portal_pages

LEASES = 3
"""Of two months each: as long a sum as a printed determination shows."""
A_DAY = re.compile(r"最迟\d{4}年\d+月\d+日（星期.）")


def filed_page(app: Flask, filed: Accepted) -> None:
    """A page that does what submitting a form does at its end."""
    pages = portal_pages("filed")

    @pages.route("/filed", methods=["GET"])
    @public
    def done() -> Response:
        return holding.filed(filed.receipt, filed.access_code)

    app.register_blueprint(pages)


@pytest.fixture
def filed(office: Office) -> Accepted:
    body = tenant_body(uscc=uscc(831))
    (lease,) = body["facts"]["leases"]
    body["facts"]["leases"] = [{**lease, "lease_no": f"租-{each}"} for each in range(LEASES)]
    return office.submit(body)


@pytest.fixture
def app(office: Office, filed: Accepted) -> Flask:
    made = create_app(office.settings)
    filed_page(made, filed)
    return made


def client_of(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert client.get("/filed").headers["Location"] == "/receipt"
    return client


def pages_of(paper: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", paper))


def test_all_that_is_needed_is_there_and_fits_one_page(
    office: Office, filed: Accepted, app: Flask, browser: Browser
) -> None:
    with serving(app) as address:
        for size in (PHONE, DESKTOP):
            with window(browser, address, size) as seen:
                shown = seen.open("/filed")
                said = shown.inner_text("main")
                assert shown.inner_text("h1") == "已提交"
                for each in (filed.receipt, filed.access_code):
                    assert each in said
                assert A_DAY.search(said)
                assert re.search(r"提交时间\s+\d{4}年\d+月\d+日 \d\d:\d\d", said)
                assert re.search(r"联系单位作出认定。最迟\d{4}年\d+月\d+日", said), (
                    "who acts, by when"
                )
                assert filed.access_code not in shown.url
                if folder := os.environ.get("PICTURES"):
                    to = Path(folder) / f"receipt-{size[0]}.png"
                    shown.screenshot(path=to, full_page=True)
                if size == DESKTOP:
                    paper = shown.pdf(format="A4")
                    assert pages_of(paper) == 1
                    if folder:
                        (Path(folder) / "receipt.pdf").write_bytes(paper)
                    decide(office, filed.receipt)
                    notice = seen.open("/status/notice")
                    assert notice.locator("tbody tr").count() == 2 * LEASES
                    assert pages_of(notice.pdf(format="A4")) == 1


def test_the_code_is_shown_until_the_status_is_seen(filed: Accepted, app: Flask) -> None:
    client = client_of(app)
    for path in ("/receipt", "/status/code", "/receipt", "/filed", "/receipt"):
        answer = client.get(path)
        assert "no-store" in answer.headers["Cache-Control"] or answer.status_code == 303
        assert (filed.access_code in answer.text) == (path == "/receipt")
    picture = client.get("/receipt/picture")
    assert picture.headers["Cache-Control"] == "no-store"
    assert Image.open(BytesIO(picture.data)).size == (720, 1000)
    client.get("/status")
    later = client.get("/receipt").text
    assert filed.receipt in later
    assert filed.access_code not in later
    assert client.get("/receipt/picture").status_code == 303


def test_a_stranger_and_a_number_alone_get_nothing(
    office: Office, filed: Accepted, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    other = office.submit(uscc=uscc(832))
    stranger = app.test_client()
    for path in ("/receipt", "/receipt/picture", f"/receipt?receipt={filed.receipt}"):
        assert "查询码" in stranger.get(path).text
        assert filed.access_code not in stranger.get(path).text
    client = client_of(app)
    cookie = client.get_cookie("wenqi-own")
    assert cookie is not None
    # Somebody else's number before one's own code: the keyed hash does not fit.
    swapped = cookie.value.replace(filed.receipt, other.receipt)
    stranger.set_cookie("wenqi-own", swapped)
    assert stranger.get("/receipt").text.count(other.receipt) == 0
    assert filed.access_code not in caplog.text
