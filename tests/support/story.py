"""A noodle shop with a telephone, from the first page to the decision, on a whole running instance.

Each station is given to `show`, which may take its picture; the shop and its people are made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import requests
from playwright.sync_api import FilePayload, Locator, Page

from tests.support.applications import uscc
from tests.support.papers import LEASE, photo
from tests.support.visitor import SAID
from tests.support.waiting import wait_for
from vocabulary.zone import CHINA

TIMEOUT: Final = 30
NAME: Final = "示例面馆（虚构）有限公司"
WHO: Final = {
    "/enterprise/uscc": uscc(877),
    "/enterprise/name": NAME,
    "/enterprise/contact/name": "测试店长",
    "/enterprise/contact/phone": "13800000877",
}
CODE: Final = re.compile(r"\b\d{6}\b")
RENT: Final = "/facts/leases/0/rent"


@dataclass
class Shop:
    """The shop's browser; `codes`: what the console shows; `officer`: a token of the lead bureau
    for the API; `show`: what to do at each station, by its name."""

    page: Page
    url: str
    codes: Path
    officer: Callable[[str], str]
    show: Callable[[str], None]
    receipt: str = ""

    def live(self) -> None:
        """From the first page to the decision."""
        self.screen()
        self.fill_in()
        self.submit()
        self.confirm()
        self.supplement()
        self.read_decision()

    def screen(self) -> None:
        """What can be had, in a few questions; then a form that is filled already."""
        page = self.page
        page.goto(self.url + "/")
        self.show("home")
        page.click("text=看看能办哪些")
        page.check('[name="topic"][value="tenant"]')
        self.press("开始")
        while not page.url.endswith("/result"):
            put_all(page, SAID)
            if page.url.endswith("/premises"):
                self.show("question")
            self.press("下一题")
        assert "80,000.00元" in page.inner_text("main")
        self.show("result")
        self.press("申报这一项", within=page.locator("#can + ul").first)

    def fill_in(self) -> None:
        """Who applies, and the rest; the rent is left out by mistake."""
        page = self.page
        assert page.input_value('[name="/enterprise/revenue"]') == SAID["/enterprise/revenue"]
        put_all(page, WHO)
        self.press("保存，下一步")
        self.press("保存，下一步")
        put_all(page, {RENT: "", "/facts/leases/0/address": "示例街1号（虚构）"})
        self.show("form")
        self.press("保存，下一步")

    def submit(self) -> None:
        """Photograph the lease, check, declare, submit."""
        page = self.page
        page.wait_for_url("**/materials")
        lease = FilePayload(name="合同.jpg", mimeType="image/jpeg", buffer=photo(400, 300))
        page.set_input_files(f'[name="file:{LEASE}"]', [lease])
        page.wait_for_selector("text=合同.jpg收好了")
        page.wait_for_selector("main .wq-thumb")
        self.show("materials")
        self.press("下一步：核对提交")
        page.wait_for_url("**/check")
        page.check("#declared")
        self.show("check")
        self.press("提交申报")
        assert page.inner_text("h1") == "已提交"
        found = re.search(r"WQ\d{6}-\d+-[0-9A-Z]", page.inner_text("main"))
        assert found
        self.receipt = found[0]
        assert "合同.jpg 已收到" in page.inner_text("main")
        self.show("receipt")

    def confirm(self) -> None:
        """The code that the console shows is typed back."""
        page = self.page
        page.click("main a.btn-primary:has-text('核实')")
        self.press("发到")
        wait_for(lambda: self.codes.exists() and CODE.search(self.codes.read_text()), "a code")
        code = CODE.findall(self.codes.read_text(encoding="utf-8"))[-1]
        page.fill("main form input:not([type=hidden])", code)
        self.show("code")
        self.press("核实")

    def supplement(self) -> None:
        """The officer asks for the rent and a reason stands beside; the shop answers it."""
        page = self.page
        self.until("还差")
        due = (datetime.now(CHINA).date() + timedelta(days=10)).isoformat()
        self.act("/acknowledgement", {})
        self.act("/supplement", {"fields": [RENT], "reason": "没有填租金", "due_on": due})
        page.goto(self.url + "/status")
        assert "没有填租金" in page.inner_text("main")
        assert "合同.jpg 已收到" in page.inner_text("main")
        self.show("asked")
        page.goto(self.url + "/status/supplement")
        put_all(page, {RENT: "￥40,000元"})
        self.show("supplement")
        self.press("交补正")
        self.until("暂算80,000.00元")

    def read_decision(self) -> None:
        """The officer determines; the shop reads it."""
        yes = {"granted": True, "amount": "80000.00", "reason": "材料齐全，经核属实"}
        self.act("/determination", yes)
        self.until("准予80,000.00元")
        self.show("decided")
        self.page.goto(self.url + "/status/notice")
        assert "材料齐全" in self.page.inner_text("main")

    def press(self, button: str, within: Locator | None = None) -> None:
        place = within or self.page.locator("main")
        with self.page.expect_navigation():
            place.get_by_role("button", name=button).first.click()

    def until(self, words: str) -> None:
        """Look again until the status says so."""

        def says() -> bool:
            self.page.goto(self.url + "/status")
            return words in self.page.inner_text("main")

        wait_for(says, words)

    def act(self, act: str, body: dict[str, Any]) -> None:
        """The officer reads the case over the API, and acts on what was read."""
        case = f"{self.url}/api/v1/cases/{self.receipt}"
        bearer = {"Authorization": f"Bearer {self.officer('officer')}"}
        read = requests.get(case, headers=bearer, timeout=TIMEOUT)
        assert read.ok, read.text
        given = {**bearer, "If-Match": read.headers["ETag"]}
        answer = requests.post(case + act, json=body, headers=given, timeout=TIMEOUT)
        assert answer.ok, answer.text


def put_all(page: Page, given: dict[str, str]) -> None:
    """Fill in what the page asks of these, by the names of its fields."""
    for name, text in given.items():
        fields = page.locator(f'main [name="{name}"]').filter(visible=True)
        if not fields.count():
            continue
        kind = fields.first.evaluate("e => e.tagName + '/' + (e.type || '')")
        if kind.startswith("SELECT"):
            fields.first.select_option(text)
        elif kind.endswith(("/radio", "/checkbox")):
            page.check(f'main [name="{name}"][value="{text}"]')
        else:
            fields.first.fill(text)
