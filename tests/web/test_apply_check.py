"""The page on which everything is checked once more: what was read, and what would come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.services import of
from tests.support.form_pages import FormPages
from tests.support.office import Office
from tests.support.packaged import PACKAGED, example
from web.app import create_app
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of

TENANT = "m01_tenant"
LANDLORD = "91110102MA0900152U"
MONTH = {"months/0/rent_due": "0"}


@pytest.fixture
def pages(office: Office) -> Iterator[FormPages]:
    app = create_app(office.settings)
    yield FormPages(app.test_client())
    of(app).db.close()


def checked(pages: FormPages, provision: str = TENANT, **changes: str) -> str:
    """The page after every step was filled in as in the published example, but for some fields,
    named by the end of their pointers."""
    form = form_of(PACKAGED.notice, provision)
    assert form is not None
    given = typed.as_typed(form, example(provision))
    for name, text in changes.items():
        (at,) = [each for each in given if each.endswith(f"/{name}")]
        given[at] = text
    pages.begin(provision)
    for step in form.steps:
        own: dict[str, Any] = {
            name: text.split("\n")
            for name, text in given.items()
            if form.step_of(name.removesuffix("#")) is step
        }
        pages.send(f"/apply/{provision}/{step.code}", {**own, "live": "1"})
    return pages.open(f"/apply/{provision}/check")


def preview(page: str) -> str:
    found = re.search(r'id="preview">.*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def test_a_sum_of_nothing_is_not_shown_to_be_expected_and_says_why(pages: FormPages) -> None:
    said = preview(checked(pages, owner_uscc=LANDLORD))
    assert re.search("暂算<span[^>]*>[1-9][0-9,.]+元", said)
    assert "为什么没有金额" not in said
    held = preview(checked(pages))
    assert "金额暂不计入" in held
    assert re.search("2020年3月，30,000.00元暂不计入：填报的产权单位.*就是申报单位自己", held)
    assert "暂算<span" not in held
    nothing = preview(checked(pages, owner_uscc=LANDLORD, **MONTH))
    assert "暂算没有金额" in nothing
    assert "2020年3月：" in nothing
    assert "暂算<span" not in nothing


def test_who_is_refused_or_sent_elsewhere_is_shown_no_sum(pages: FormPages) -> None:
    page = checked(pages, registered_in="chaoyang")
    refused = preview(page)
    assert "差在哪里" in refused
    # A23: which clause, by which answer, what would change it; and it can be filed all the same.
    assert "<b>“在西城区注册纳税”</b></p><p>注册地：朝阳区；纳税地：西城区" in refused
    assert "改变其中一项就可能符合：若注册地和纳税地都在西城区" in refused
    assert "提交申报</button>" in page
    # A25: to whom messages go is said before.
    contact = example(TENANT)["enterprise"]["contact"]
    send = page[page.index('id="send"') :]
    assert f"消息，发给{contact['name']}" in send
    assert contact["phone"] in send
    assert "0.00元" not in refused
    elsewhere = preview(checked(pages, "m01_other"))
    assert "0.00元" not in elsewhere
    owned = preview(checked(pages, owner="central_soe"))
    assert "转到哪里办" in owned
    assert "由双方协商解决" in owned


def test_a_credit_code_is_shown_as_it_was_read(pages: FormPages) -> None:
    written = example(TENANT)["enterprise"]["uscc"]
    page = checked(pages, uscc=f" {written[:8].lower()} {written[8:12]}-{written[12:].lower()}")
    assert f"<dd>{written}</dd>" in page


def test_a_draft_whose_notice_is_gone_says_so_and_its_answers_go_into_a_new_one(
    office: Office, pages: FormPages
) -> None:
    """A32: on opening, by this browser or by the code."""
    checked(pages)
    code = pages.open(f"/apply/{TENANT}/leases") and pages.code()
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE draft SET notice_id = 'xicheng-2019-1'")
    pages.open(f"/apply/{TENANT}/leases")
    by_browser = pages.all_hidden()
    pages.open("/apply/resume")
    said = pages.send("/apply/resume", {"code": code})
    assert "这张表不能再提交。填过的内容都在，可以带到现在的表里。" in said
    given = {name: text for name, text in pages.all_hidden().items() if name.startswith("/")}
    assert given.items() <= by_browser.items()
    pages.send(f"/apply/{TENANT}", pages.all_hidden())
    assert given["/facts/leases/0/rent"] in pages.open(f"/apply/{TENANT}/leases")
