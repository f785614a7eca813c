"""A day at the desks of two bureaus, in browsers, on a whole running instance.

Each station is given to `show`, which may take its picture.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from playwright.sync_api import Browser, FilePayload, Page

from tests.support.applications import uscc
from tests.support.browser import PHONE, Window, window
from tests.support.day_before import LARGE, TENANTS, Worker, name_of
from tests.support.fulfilling import SUBSIDY
from tests.support.import_files import tenant_row
from tests.support.people import PASSWORD
from tests.support.waiting import wait_for

SCREEN: Final = (1440, 900)
ORDINARY: Final = 3
MARKED: Final = (4, 5, 6)
"""Whose conditions are marked one by one, to be granted together."""
SENT_AWAY: Final = 33
VISITED: Final = 1
WEEKS: Final = 6
"""Within so many weeks everybody is visited."""
_COUNTED: Final = """
addEventListener("change", e => {
  const done = JSON.parse(sessionStorage.getItem("acts") || "[]");
  sessionStorage.setItem("acts", JSON.stringify([...done, e.target.name]));
}, true);
"""
"""What was chosen or written, over all pages of a tab."""


@dataclass
class Grant:
    """What an ordinary grant took: fields chosen or filled in, and forms sent."""

    chosen: int
    sent: int


@dataclass
class Day:
    """`browser`: whose windows they are; `today`: the business day; `show`: what to do at each
    station, by its name; `grants`: what each ordinary one took; `sent`: where forms went."""

    browser: Browser
    url: str
    staff: dict[str, Worker]
    today: date
    show: Callable[[Window, str], None]
    grants: list[Grant] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def live(self) -> None:
        """From the first login to the weekly report."""
        with self.at_desk("officer") as seen:
            self.look(seen)
            self.bring_table(seen.page)
            self.acknowledge(seen)
            self.grant(seen)
            self.grant_together(seen.page)
            self.propose(seen.page)
            self.hand_over(seen.page)
            self.file_table(seen.page)
        with self.at_desk("head") as seen:
            self.approve(seen)
        with self.at_desk("colleague") as seen:
            self.take_over(seen.page)
        with self.at_desk("officer", PHONE) as seen:
            self.visit(seen)
        with self.at_desk("payer") as seen:
            self.pay(seen)
        with self.at_desk("head") as seen:
            self.report(seen)

    @contextmanager
    def at_desk(self, who: str, size: tuple[int, int] = SCREEN) -> Iterator[Window]:
        """Somebody logs in with password and second factor."""
        worker = self.staff[who]
        assert worker.browser.totp is not None
        with window(self.browser, self.url, size) as seen:
            page = seen.page
            page.add_init_script(_COUNTED)
            page.on("request", lambda it: self.sent.append(it.url) if it.method == "POST" else None)
            page.goto(f"{self.url}/desk/")
            page.fill("[name=login]", worker.login)
            page.fill("[name=password]", PASSWORD)
            page.fill("[name=code]", worker.browser.totp.code())
            press(page, "登录")
            assert page.inner_text("h1") == "待办"
            yield seen
            assert seen.faults == []

    def look(self, seen: Window) -> None:
        """What is to be done today, once the workers have looked at everything."""
        page = seen.page

        def is_assessed() -> bool:
            page.goto(f"{self.url}/desk/cases?state=awaiting_determination")
            return f"{TENANTS}件，" in page.inner_text("main")

        wait_for(is_assessed, "everything is assessed")
        page.goto(f"{self.url}/desk/")
        self.show(seen, "today")

    def bring_table(self, page: Page) -> None:
        """What came in at the window: two good rows and a bad one."""
        page.goto(f"{self.url}/desk/import")
        page.check("#vouched-assured")
        page.set_input_files("[name=table]", [table()])
        press(page, "上传并核对")

    def file_table(self, page: Page) -> None:
        """The workers have read it meanwhile; the good rows are filed."""
        page.goto(f"{self.url}/desk/import")
        follow(page, "窗口.csv")
        until(page, "可以受理2行，以前已受理0行，要改正1行")
        press(page, "受理这2行")
        until(page, "受理2行，以前已受理0行，退回1行")

    def acknowledge(self, seen: Window) -> None:
        """All of the list in one act."""
        page = seen.page
        page.goto(f"{self.url}/desk/cases?sort=received")
        page.check("[data-pick-all]")
        self.show(seen, "list")
        press(page, "签收选中的")
        assert f"{TENANTS}件已办" in page.inner_text("[role=status]")
        sent = len(self.sent)
        page.reload()  # asked for anew, it is the list, and the act is not sent again
        assert page.inner_text("h1") == "全部案件"
        assert len(self.sent) == sent

    def grant(self, seen: Window) -> None:
        """Ordinary ones, one after the other, as computed."""
        page = seen.page
        page.goto(f"{self.url}/desk/cases?sort=received")
        follow(page, name_of(1))
        for number in range(1, ORDINARY + 1):
            assert page.inner_text("h1") == name_of(number)
            page.evaluate("sessionStorage.clear()")
            self.sent.clear()
            if number == 1:
                mark(page, "经核属实")
                self.show(seen, "case")
                page.reload()
                page.evaluate("sessionStorage.clear()")
            mark(page, "经核属实")
            press(page, "准予，办下一件")
            assert "已认定：准予" in page.inner_text("[role=status]")
            chosen = len(page.evaluate("JSON.parse(sessionStorage.acts)"))
            self.grants.append(Grant(chosen, len(self.sent)))

    def grant_together(self, page: Page) -> None:
        """Several whose conditions were marked before are granted in one act."""
        for number in MARKED:
            self.open_case(page, name_of(number))
            mark(page, "经核属实")
            press(page, "只存意见")
        for number in MARKED:
            self.open_case(page, name_of(number))
            until(page, "没有等认定的条件")
        page.goto(f"{self.url}/desk/cases?sort=received")
        for number in MARKED:
            page.get_by_label(f"选{name_of(number)}").check()
        page.fill(".wq-bar [name=reason]", "材料齐全，经核属实")
        press(page, "按计算结果准予")
        assert f"{len(MARKED)}件已办" in page.inner_text("[role=status]")

    def propose(self, page: Page) -> None:
        """One above what a single person may grant."""
        self.open_case(page, name_of(LARGE))
        mark(page, "合同和缴费凭证已核")
        press(page, "准予180,000.00元")
        assert "复签" in page.inner_text("main")

    def hand_over(self, page: Page) -> None:
        """One that the other bureau should decide."""
        self.open_case(page, name_of(SENT_AWAY))
        follow(page, "转办")
        page.select_option("[name='/bureau']", label="区发展改革委")
        page.fill("[name='/reason']", "由中小企业服务中心统一办理")
        press(page, "转办")
        assert "已转办" in page.inner_text("[role=status]")

    def approve(self, seen: Window) -> None:
        """A second person, from the queue."""
        page = seen.page
        page.goto(f"{self.url}/desk/approvals")
        follow(page, name_of(LARGE))
        page.fill("[name='/note']", "同意")
        self.show(seen, "second-person")
        press(page, "同意，准予180,000.00元")
        page.goto(f"{self.url}/desk/approvals")
        assert "现在没有等复签的" in page.inner_text("main")

    def take_over(self, page: Page) -> None:
        """The other bureau has it on its list and acknowledges it with its own."""
        page.goto(f"{self.url}/desk/cases")
        assert name_of(SENT_AWAY) in page.inner_text("main")
        page.check("[data-pick-all]")
        press(page, "签收选中的")

    def visit(self, seen: Window) -> None:
        """On the doorstep, with a telephone; the shop asks for something."""
        page = seen.page
        page.goto(f"{self.url}/desk/visits")
        for _ in range(WEEKS):
            if page.get_by_role("link", name=name_of(VISITED), exact=True).count():
                break
            follow(page, "下一周")
        follow(page, name_of(VISITED))
        follow(page, "记录走访结果")
        page.get_by_label("已走访").check()
        press(page, "加一项：企业提出的诉求")
        page.fill("[name='/requests/0/words']", "希望对接贷款")
        page.fill("[name='/note']", "经营正在恢复，员工全部在岗。")
        self.show(seen, "visit")
        press(page, "保存走访结果")
        assert "走访结果已保存" in page.inner_text("main")

    def pay(self, seen: Window) -> None:
        """Two payments go to the bank; it sends one of them back."""
        page = seen.page
        page.goto(f"{self.url}/desk/payments")
        press(page, "把可以付款的编成一批")
        first, second = page.locator("tbody th").all_inner_texts()
        page.set_input_files("[name=answer]", [bank_answer(self.today, first, second)])
        press(page, "登记银行答复")
        assert "成功1笔，退回1笔，待答复0笔" in page.inner_text("[role=status]")
        self.show(seen, "payments")
        page.goto(f"{self.url}/desk/payments?progress=returned")
        assert "银行退回，待更正收款账户" in page.inner_text("main")

    def report(self, seen: Window) -> None:
        """What the week has come to."""
        page = seen.page
        page.goto(f"{self.url}/desk/reports/week")
        said = page.inner_text("main")
        assert f"准予{ORDINARY + len(MARKED) + 1}件" in said, said
        self.show(seen, "week")

    def open_case(self, page: Page, name: str) -> None:
        page.goto(f"{self.url}/desk/cases?q={name}")
        follow(page, name)
        assert page.inner_text("h1") == name


def mark(page: Page, why: str) -> None:
    """Every condition is met, with one reason for all."""
    for point in page.locator("fieldset.wq-find").all():
        point.get_by_text("符合", exact=True).click()
    page.fill("#f-reason", why)


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=button, exact=True).first.click()


def follow(page: Page, link: str) -> None:
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=link, exact=True).first.click()


def until(page: Page, words: str) -> None:
    """Look again until the page says so."""

    def says() -> bool:
        page.reload()
        return words in page.inner_text("main")

    wait_for(says, words)


def table() -> FilePayload:
    """What a clerk has typed at the window."""
    rows: list[dict[str, Any]] = []
    for number in (51, 52):
        row = tenant_row(uscc=uscc(6_000 + number), lease_no=f"示例-{number}")
        rows.append(row | {"enterprise.name": name_of(number)})
    rows.append(tenant_row(uscc="911101020000000000"))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    content = text.getvalue().encode("utf-8-sig")
    return FilePayload(name="窗口.csv", mimeType="text/csv", buffer=content)


def bank_answer(day: date, paid: str, returned: str) -> FilePayload:
    """What the bank says of two payments."""
    lines = (
        "编号,金额（元）,结果,日期,原因",
        f"{paid},{SUBSIDY},成功,{day},",
        f"{returned},{SUBSIDY},失败,{day},户名不符",
    )
    content = "\n".join(lines).encode("gb18030")
    return FilePayload(name="银行答复.csv", mimeType="text/csv", buffer=content)
