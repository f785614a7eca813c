"""A step with errors in a real browser: what axe finds, the keyboard, adding an item unscripted."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from api.auth import public
from tests.support.browser import DESKTOP, PHONE, window
from tests.support.packaged import PACKAGED, packaged_forms
from web.app import create_app
from web.parts.forms import drawing, typed
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import items
from web.parts.page import page
from web.portal.pages import portal_pages

AT = "/facts/leases"
TYPED = {f"{AT}#": "1", f"{AT}/0/rent": "2万", f"{AT}/0/use": "mixed", f"{AT}/0/parts#": "1"}


@pytest.fixture(scope="module")
def address(alone: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a page with one step of a form is served, by this process."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "step.html").write_text(
        '{% extends layout %}{% from "parts/form.html" import parts, fault_summary %}'
        "{% block title %}{{ drawn.step.title }}{% endblock %}{% block main %}"
        "{{ fault_summary(drawn.faults) }}<h1>{{ drawn.step.title }}</h1>"
        '<form method="post" novalidate>{{ token() }}{{ parts(drawn.parts) }}'
        '<p class="wq-acts"><button class="btn btn-primary">保存，下一步</button></p></form>'
        "{% endblock %}",
        encoding="utf-8",
    )
    app = create_app(alone.extensions["wenqi"].settings)
    pages = portal_pages("step")
    pages.template_folder = str(folder)
    form = form_of(PACKAGED.notice, "m01_tenant")
    assert form is not None
    kept = dict(TYPED)

    @pages.route("/step/<code>", methods=["GET", "POST"])
    @public
    def step(code: str) -> Response:
        from web.parts.posted import posted

        asked = form.step(code)
        assert asked is not None
        if request.method == "POST":
            sent = posted()
            now = typed.keep(asked, kept, sent.to_dict(flat=False))
            word, _, pointer = sent.get("do", "").partition(" ")
            if word == drawing.ADD:
                (group,) = asked.parts
                now = typed.add_item(now, pointer, items(group, now, pointer))  # type: ignore[arg-type]
            kept.clear()
            kept.update(now)
        faults = typed.check(form, kept, packaged_forms, asked)[1]
        return page("step.html", drawn=drawing.draw(asked, kept, faults))

    app.register_blueprint(pages)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_step_is_accessible(address: str, browser: Browser, size: tuple[int, int]) -> None:
    with window(browser, address, size) as seen:
        for code in ("enterprise", "facts", "leases"):
            seen.open(f"/step/{code}")
        link = seen.page.locator(".wq-errors a").first
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert seen.page.locator(f'[id="{target}"]').get_attribute("aria-invalid") == "true"
        assert "租金" in link.inner_text()


def test_an_item_is_added_without_scripts_and_nothing_typed_is_lost(
    address: str, browser: Browser
) -> None:
    with window(browser, address, PHONE, scripts=False) as seen:
        seen.page.goto(f"{address}/step/leases")
        field = seen.page.locator(f'[name="{AT}/0/rent"]')
        field.fill("３万")
        seen.page.locator(f'button[value="add {AT}"]').click()
        assert seen.page.locator(f'[name="{AT}/0/rent"]').input_value() == "３万"
        assert seen.page.locator(f'[name="{AT}/1/rent"]').count() == 1
