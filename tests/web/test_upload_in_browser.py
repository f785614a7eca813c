"""Files that the page's script sends: progress, a connection that is lost, what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, Route, expect

from api.services import of
from casework.acts import supplement
from casework.documents import document_scan
from casework.work.dispatch import Stage
from tests.support import visitor
from tests.support.browser import PHONE, window
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import OFFICER, Office
from tests.support.pages import serving
from tests.support.papers import LEASE, pdf, photo, scanning
from vocabulary.cases import State
from web.app import create_app

SLOWLY = 60_000
"""So long, in milliseconds, a busy machine may take over a file."""
FIELD = f'[name="file:{LEASE}"]'
LIST = f"section:has({FIELD}) [data-fresh]"


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    made = create_app(office.settings)
    yield made
    of(made).db.close()


def chosen(name: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="", buffer=content)


def large_pdf() -> bytes:
    """Of three parts: a remark makes it long."""
    return pdf().replace(b"trailer", b"%" + bytes(600_000) + b"\ntrailer", 1)


def test_files_go_by_themselves_and_go_on_after_a_lost_connection(
    app: Flask, office: Office, browser: Browser
) -> None:
    who = visitor.visitor(app)
    visitor.has_draft(who)
    parts: list[str] = []

    def cut(route: Route) -> None:
        """The second part never arrives; then it does, and the answer is lost."""
        parts.append(route.request.url)
        if len(parts) == 2:
            route.abort()
        elif len(parts) == 4:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    with serving(app) as address, window(browser, address, PHONE) as seen:
        who.lend(seen.page.context, address)
        page = seen.open(f"/apply/{visitor.TENANT}/materials")
        page.route(re.compile("/part$"), cut)
        page.set_input_files(FIELD, [chosen("合同.pdf", large_pdf()), chosen("坏.jpg", b"MZ")])
        bar = page.locator("progress").first
        expect(bar).to_have_attribute("aria-label", "合同.pdf传了多少", timeout=SLOWLY)
        # The button waits until all is there; what was refused is looked at first.
        page.get_by_role("button", name="下一步：核对提交").click()
        refused = page.locator(f"section:has({FIELD}) .wq-refused")
        expect(refused).to_contain_text("坏.jpg（1 KB）没有收下：只能交照片", timeout=SLOWLY)
        expect(refused).to_be_focused(timeout=SLOWLY)
        # Said once, as a refusal: not in the colour of what is done, too.
        expect(page.locator(".wq-saved", has_text="坏.jpg")).to_have_count(0)
        expect(page.locator(LIST)).to_contain_text("合同.pdf 已收到")
        assert page.locator("progress").count() == 0
        assert page.url.endswith("/materials")
        assert len(parts) > 5
        assert scalar(office.db, "SELECT bytes FROM document_file") == len(large_pdf())
        seen.faults.clear()
        seen.check_accessible()
        page.set_input_files(FIELD, [chosen("又是合同.pdf", large_pdf())])
        same = page.locator("#files", has_text="又是合同.pdf和已经交的合同.pdf是同一个文件")
        expect(same).to_be_visible(timeout=SLOWLY)
        # The same once more, and another beside it.
        page.set_input_files(FIELD, [chosen("合同.pdf", large_pdf()), chosen("二.jpg", photo())])
        page.get_by_role("button", name="下一步：核对提交").click()
        page.wait_for_url("**/check", timeout=SLOWLY)
        assert seen.faults == []
    assert scalar(office.db, "SELECT count(*) FROM document") == 2


def test_a_file_chosen_again_after_the_browser_was_closed_goes_on(
    app: Flask, office: Office, browser: Browser
) -> None:
    """As far as it is the same; another one of that name and size is sent from its beginning."""
    who = visitor.visitor(app)
    visitor.has_draft(who)
    other = large_pdf().replace(bytes(9), b"x" * 9, 1)
    turns: list[list[str]] = []

    def cut(route: Route) -> None:
        """The first time everything after the first part is lost, however often it is tried."""
        turns[-1].append(route.request.url)
        if len(turns) == 1 and len(turns[-1]) > 1:
            route.abort()
        else:
            route.continue_()

    with serving(app) as address:
        for content in (large_pdf(), large_pdf(), other):
            turns.append([])
            with window(browser, address, PHONE) as seen:
                who.lend(seen.page.context, address)
                page = seen.open(f"/apply/{visitor.TENANT}/materials")
                page.route(re.compile("/part$"), cut)
                page.set_input_files(FIELD, [chosen("合同.pdf", content)])
                if len(turns) == 1:
                    expect(page.locator(".wq-sending")).to_contain_text("没有应答", timeout=SLOWLY)
                    seen.faults.clear()
                else:
                    received = page.locator(LIST).get_by_text("合同.pdf 已收到")
                    expect(received).to_have_count(len(turns) - 1, timeout=SLOWLY)
    _, again, another = map(len, turns)
    assert (again, another) == (2, 3), "the two that were still to come, and all of another one"
    assert scalar(office.db, "SELECT count(*) FROM document") == 2
    assert scalar(office.db, "SELECT count(*) FROM document_file WHERE bytes = 600000") == 0


def test_what_the_scanner_says_shows_by_itself(
    office: Office, browser: Browser, tmp_path: Path
) -> None:
    with scanning(office, tmp_path) as (scanned, _):
        waits = create_app(scanned.settings)
        who = visitor.visitor(waits)
        visitor.has_draft(who)
        at = f"/apply/{visitor.TENANT}/materials"
        with serving(waits) as address, window(browser, address, PHONE) as seen:
            who.lend(seen.page.context, address)
            page = seen.open(at)
            page.set_input_files(FIELD, [chosen("合同.jpg", photo())])
            expect(page.locator(LIST)).to_contain_text("合同.jpg 检查中", timeout=SLOWLY)
            assert page.get_by_role("link", name="刷新看结果").get_attribute("href") == at
            seen.open(at.replace("materials", "check"))
            expect(page.locator("#checked-files")).to_contain_text("合同.jpg 检查中")
            ids = claim_ids(scanned.db, scanned.settings, Stage.SCAN)
            document_scan.run(scanned.db, scanned.settings, ids)
            expect(page.locator("#files")).to_have_text("合同.jpg：已收到。", timeout=SLOWLY)
            expect(page.locator("#checked-files")).to_contain_text("合同.jpg 已收到")
            assert seen.faults == []
        of(waits).db.close()


def test_a_supplement_is_answered_with_what_was_sent_and_typed(
    app: Flask, office: Office, browser: Browser
) -> None:
    filed = visitor.incomplete(office)
    who = visitor.visitor(app)
    visitor.has_filed(who, filed)
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=["/facts/leases/0/rent"], documents=[LEASE], reason="没有填租金",
        due_on=office.in_days(9),
    )  # fmt: skip
    with serving(app) as address, window(browser, address, PHONE) as seen:
        who.lend(seen.page.context, address)
        page = seen.open("/status/supplement")
        page.fill('[name="/facts/leases/0/rent"]', "40,000元")
        page.set_input_files(FIELD, [chosen("错.jpg", photo(seed=3))])
        expect(page.locator(LIST)).to_contain_text("错.jpg 已收到", timeout=SLOWLY)
        page.get_by_role("button", name="删去").click()
        expect(page.locator("main")).to_contain_text("删去以后不能恢复", timeout=SLOWLY)
        seen.check_accessible()
        page.get_by_role("button", name="删去").click()
        expect(page.locator("#files")).to_have_text("已经删去。", timeout=SLOWLY)
        page.set_input_files(FIELD, [chosen("合同.jpg", photo())])
        assert page.input_value('[name="/facts/leases/0/rent"]') == "40,000元"
        page.get_by_role("button", name="交补正").click()
        page.wait_for_url("**/status", timeout=SLOWLY)
        assert seen.faults == []
    assert scalar(office.db, "SELECT state FROM application") == State.SUPPLEMENTED
    assert column(office.db, "SELECT filed_at IS NOT NULL FROM document") == [True]
