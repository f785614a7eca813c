"""A form from its first page to its receipt, without a browser and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.services import of
from casework.intake import drafts
from casework.operations import business_time
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body
from tests.support.form_pages import FormPages
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.packaged import PACKAGED, example, load_application
from tests.support.stored import stored
from web.app import create_app
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import Form

TENANT = "m01_tenant"
AT = f"/apply/{TENANT}"
LEASES = "/facts/leases"
DECLARED = {"declared": "1"}
FILED = "SELECT count(*) FROM application"


def browser(
    office: Office, *, notice_id: str = PACKAGED.notice, **limits: Any
) -> Iterator[FormPages]:
    limited = replace(office.settings.limits, **limits)
    settings = replace(office.settings, limits=limited, notice_id=notice_id)
    app = create_app(settings)
    yield FormPages(app.test_client())
    of(app).db.close()


def elsewhere(pages: FormPages, settings: Settings) -> FormPages:
    """The same browser, with its cookies and its page, before another process."""
    client = create_app(settings).test_client()
    client._cookies = pages.client._cookies
    return FormPages(client, pages.seen)


@pytest.fixture
def pages(office: Office) -> Iterator[FormPages]:
    yield from browser(office)


def form(provision: str = TENANT) -> Form:
    made = form_of(PACKAGED.notice, provision)
    assert made is not None
    return made


def answers(step: str, **changes: str) -> dict[str, Any]:
    """What the published example answers on a step, as its page sends it."""
    given = typed.as_typed(form(), example(TENANT))
    own = {
        name: text.split("\n")
        for name, text in given.items()
        if (found := form().step_of(name.removesuffix("#"))) and found.code == step
    }
    return {**own, **changes, "live": "1"}


def fill(pages: FormPages) -> None:
    """Every step of a new draft; the page shown then is that of what to bring."""
    pages.begin(TENANT)
    for step in form().steps:
        pages.send(f"{AT}/{step.code}", answers(step.code))
    assert "材料" in pages.text


def code_of(pages: FormPages) -> str:
    """The resume code that the browser remembers."""
    pages.open(f"{AT}/enterprise")
    return pages.code()


def test_what_is_filed_is_what_the_api_makes_of_it(office: Office, pages: FormPages) -> None:
    fill(pages)
    page = pages.open(f"{AT}/check")
    assert "尚未提交" in page
    assert "暂算，不是认定" in page
    assert "30,000.00元" in page  # the sum as it was read
    page = pages.send(f"{AT}/check", {})
    assert "<title>错误：" in page
    assert scalar(office.db, FILED) == 0
    pages.send(f"{AT}/check", DECLARED)
    document = typed.application(form(), typed.as_typed(form(), example(TENANT)))
    filing.accept(office.db, office.settings, load_application(document))
    by_page, by_api = stored(office.db)
    assert by_page == by_api | {"identity": "unverified"}
    assert "这份申报已经提交" in pages.open(f"{AT}/leases")


def test_a_day_later_the_receipt_is_named_and_the_code_is_not_shown(
    office: Office, pages: FormPages
) -> None:
    fill(pages)
    pages.open(f"{AT}/check")
    shown = pages.send(f"{AT}/check", DECLARED)
    receipt = scalar(office.db, "SELECT receipt FROM application")
    assert receipt in shown
    moving = replace(office.settings, allow_time_travel=True)
    business_time.advance(office.db, moving, timedelta(hours=25))
    pages.open(f"{AT}/leases")
    page = pages.send(f"{AT}/check", DECLARED)
    assert "已经提交" in page
    assert receipt in page
    assert scalar(office.db, FILED) == 1


def test_five_clicks_at_once_are_one_application(office: Office, pages: FormPages) -> None:
    fill(pages)
    pages.open(f"{AT}/check")
    app = pages.client.application
    sent = {"draft": pages.hidden()["draft"], "token": pages.hidden()["token"], **DECLARED}
    held = (pages.client._cookies or {}).values()
    cookies = "; ".join(f"{each.key}={each.value}" for each in held)

    def click(_: int) -> tuple[int, str, str]:
        client: FlaskClient = app.test_client(use_cookies=False)
        answer = client.post(f"{AT}/check", data=sent, headers={"Cookie": cookies})
        own = [each for each in answer.headers.getlist("Set-Cookie") if "wenqi-own" in each]
        return answer.status_code, answer.headers.get("Location", ""), own[0].split("|")[0]

    with ThreadPoolExecutor(5) as fingers:
        clicks = set(fingers.map(click, range(5)))
    assert len(clicks) == 1
    assert clicks.pop()[0] == 303
    assert scalar(office.db, FILED) == 1


def test_what_another_tab_slips_in_is_not_filed_unchecked(
    office: Office, pages: FormPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(pages)
    code = code_of(pages)
    pages.open(f"{AT}/check")
    freeze = drafts.freeze

    def late(db: Database, settings: Settings, code: str, sender: str) -> drafts.Draft:
        drafts.save(db, settings, code, lambda kept: {**kept, f"{LEASES}/0/rent": "2万"})
        return freeze(db, settings, code, sender)

    monkeypatch.setattr(drafts, "freeze", late)
    assert "有1处要改" in pages.send(f"{AT}/check", DECLARED)
    assert scalar(office.db, FILED) == 0
    assert not drafts.find(office.db, office.settings, code).is_frozen


def test_an_item_that_was_removed_comes_back_whole(office: Office, pages: FormPages) -> None:
    fill(pages)
    pages.open(f"{AT}/leases")
    two = answers("leases", **{f"{LEASES}#": "1", "do": f"add {LEASES}"})
    assert f'name="{LEASES}/1/rent"' in pages.send(f"{AT}/leases", two)
    both = answers("leases", **{f"{LEASES}#": "2", f"{LEASES}/1/rent": "２万左右"})
    page = pages.send(f"{AT}/leases", {**both, "do": f"remove {LEASES}/0"})
    assert "已去掉承租的房产1" in page
    assert '<h1 tabindex="-1" autofocus>' in page
    assert f'name="{LEASES}/0/rent" value="２万左右"' in page
    page = pages.send(f"{AT}/leases", {"do": "undo"})
    assert f'name="{LEASES}/0/rent" value="30000.00"' in page
    assert f'name="{LEASES}/1/rent" value="２万左右"' in page
    assert "已去掉" not in page
    kept = drafts.find(office.db, office.settings, code_of(pages)).typed
    assert not [name for name in kept if name.startswith(typed.ASIDE)]


def test_what_does_not_apply_blocks_nothing_and_is_not_lost(
    office: Office, pages: FormPages
) -> None:
    """A5: no error on what is hidden, none of it sent, and it is there when it applies again."""
    fill(pages)
    rent = f"{LEASES}/0/head_rent"
    kind = f"{LEASES}/0/lease_form"
    wrong = answers("leases", **{kind: "sublease", rent: "八千"})
    pages.open(f"{AT}/leases")
    assert "错误：" in pages.send(f"{AT}/leases", wrong)
    # Switched over and back before the step is left: what had been typed is shown again.
    unsure = {kind: "direct", rent: "八千", f"{LEASES}/0/rent": "三万多"}
    page = pages.send(f"{AT}/leases", answers("leases", **unsure))
    assert "有1处要改" in page
    page = pages.send(f"{AT}/leases", answers("leases", **unsure | {kind: "sublease"}))
    assert 'value="八千"' in page
    assert "有2处要改" in page
    direct = answers("leases", **{kind: "direct", rent: "八千"})
    page = pages.send(f"{AT}/leases", direct)
    assert "错误：" not in page
    pages.open(f"{AT}/check")
    pages.send(f"{AT}/check", DECLARED)
    (filed,) = stored(office.db)
    assert "head_rent" not in filed["facts"]["leases"][0]


def test_without_a_script_what_newly_applies_is_shown_before_going_on(pages: FormPages) -> None:
    fill(pages)
    pages.open(f"{AT}/leases")
    mixed = answers("leases", **{f"{LEASES}/0/use": "mixed"})
    del mixed["live"]
    page = pages.send(f"{AT}/leases", mixed)
    assert "下面多了几项" in page
    assert f'name="{LEASES}/0/parts#"' in page


def test_a_draft_goes_on_elsewhere_by_code_or_link(office: Office, pages: FormPages) -> None:
    fill(pages)
    pages.open(f"{AT}/facts")
    page = pages.send(f"{AT}/facts", answers("facts", do="later"))
    code = code_of(pages)
    assert f"/apply/resume/{code}" in page
    assert "自动删除" in page
    for elsewhere in browser(office):
        elsewhere.open("/apply/resume")
        typed_in = code.lower().replace("-", " ")
        assert "尚未提交" in elsewhere.send("/apply/resume", {"code": typed_in})
        elsewhere.open(f"{AT}/leases")
        assert 'value="30000.00"' in elsewhere.text
    for elsewhere in browser(office):
        assert f'value="{code}"' in elsewhere.open(f"/apply/resume/{code}")
        assert "尚未提交" not in elsewhere.open(f"{AT}/leases"), "a link alone opens nothing"
        elsewhere.open(f"/apply/resume/{code}")
        assert "尚未提交" in elsewhere.send("/apply/resume", {"code": code})
        assert code not in elsewhere.seen.request.path  # type: ignore[union-attr]
        # The second pause: the same link opens what was saved last, wherever it was saved.
        elsewhere.open(f"{AT}/leases")
        rent = {f"{LEASES}/0/rent": "31000"}
        elsewhere.send(f"{AT}/leases", answers("leases", do="later", **rent))
    for third in (pages, *browser(office)):
        third.open(f"/apply/resume/{code}")
        third.send("/apply/resume", {"code": code})
        assert 'value="31000"' in third.open(f"{AT}/leases")
    for stranger in browser(office, failures_minute=2):
        for _ in range(2):
            stranger.open("/apply/resume/AAAAA-AAAAA-AAAAA-AAAAA")
            stranger.send("/apply/resume", {"code": "AAAAA-AAAAA-AAAAA-AAAAA"}, 404)
        assert "没有找到这份草稿：续填码不对，或者30天没有动过，已经删除" in stranger.text
        stranger.send("/apply/resume", {"code": "AAAAA-AAAAA-AAAAA-AAAAA"}, 404)
        stranger.send("/apply/resume", {"code": code}, 429)


def test_an_expired_draft_says_so_and_what_was_typed_goes_into_a_new_one(
    office: Office, pages: FormPages
) -> None:
    fill(pages)
    pages.open(f"{AT}/leases")
    moving = replace(office.settings, allow_time_travel=True)
    business_time.advance(office.db, moving, timedelta(days=1))
    assert 'value="30000.00"' in pages.open(f"{AT}/leases")  # a day's pause loses nothing
    business_time.advance(office.db, moving, timedelta(days=31))
    page = pages.send(f"{AT}/leases", answers("leases", **{f"{LEASES}/0/rent": "2万"}), 404)
    assert "这份草稿已经过期（20" in page
    kept = pages.all_hidden()
    assert kept[f"{LEASES}/0/rent"] == "2万"
    pages.send(AT, kept)
    assert "尚未提交" in pages.text
    assert 'value="2万"' in pages.open(f"{AT}/leases")


def test_an_old_tab_writes_into_its_own_draft(office: Office, pages: FormPages) -> None:
    pages.begin(TENANT)
    first, old = pages.code(), pages.hidden()
    pages.begin(TENANT)
    second = pages.code()
    assert first != second
    pages.client.post(f"{AT}/enterprise", data={**old, "/enterprise/name": "旧页"})
    found = [drafts.find(office.db, office.settings, each).typed for each in (first, second)]
    assert found == [{"/enterprise/name": "旧页"}, {}]


def test_while_database_and_broker_are_away_nothing_is_lost(
    office: Office, pages: FormPages
) -> None:
    nowhere = "127.0.0.1:1"
    settings = replace(
        office.settings,
        database_url=f"postgresql+psycopg://nobody@{nowhere}/none",
        redis_url=f"redis://{nowhere}/0",
    )
    fill(pages)
    pages.open(f"{AT}/leases")
    changed = answers("leases", **{f"{LEASES}/0/rent": "31000"})
    away = elsewhere(pages, settings)
    page = away.send(f"{AT}/leases", changed, 503)
    assert "<title>错误：没有保存" in page
    assert f'name="{LEASES}/0/rent" value="31000"' in page
    # What the page shows is sent once more, and this time somebody is there.
    pages.seen = away.seen
    assert "材料" in pages.send(f"{AT}/leases", changed)
    pages.open(f"{AT}/check")
    away = elsewhere(pages, settings)
    assert "还没有提交成" in away.send(f"{AT}/check", DECLARED, 503)
    pages.seen = away.seen
    pages.send(f"{AT}/check", DECLARED)
    (filed,) = stored(office.db)
    assert filed["facts"]["leases"][0]["rent"] == "31000.00"


def test_a_draft_that_is_held_by_another_is_said_and_not_lost(
    office: Office, pages: FormPages
) -> None:
    """A database that answers nobody for a while: the page says so, with all that was typed."""
    fill(pages)
    pages.open(f"{AT}/leases")
    changed = answers("leases", **{f"{LEASES}/0/rent": "31000"})
    with office.db.transaction() as conn:
        conn.exec_driver_sql("SELECT FROM draft FOR UPDATE")
        page = pages.send(f"{AT}/leases", changed, 503)
    assert f'name="{LEASES}/0/rent" value="31000"' in page
    assert "材料" in pages.send(f"{AT}/leases", changed)


def test_drafts_are_counted_by_address(office: Office) -> None:
    for held in browser(office, drafts_day=1, draft_saves_minute=1):
        held.begin(TENANT)
        held.send(f"{AT}/enterprise", answers("enterprise"))
        held.open(f"{AT}/enterprise")
        page = held.send(f"{AT}/enterprise", answers("enterprise"), 429)
        assert "没有保存" in page
        held.open(AT)
        assert "请稍等再试" in held.send(AT, {}, 429)


def test_large_drafts_are_few_by_address_and_small_ones_go_on(office: Office) -> None:
    for held in browser(office, large_drafts_day=1):
        for status in (200, 429):
            held.begin(TENANT)
            name = {"/enterprise/name": "测" * 12_000, "leaf": "1"}
            page = held.send(f"{AT}/enterprise", {**answers("enterprise"), **name}, status)
            assert ("没有保存" in page) is (status == 429)
        held.begin(TENANT)
        assert "第2步" in held.send(f"{AT}/enterprise", answers("enterprise"))


def test_a_form_that_is_too_large_to_draw_is_not_kept(pages: FormPages) -> None:
    """One number of items, typed into a hidden field, costs no seconds of drawing."""
    fill(pages)
    many = {f"{LEASES}#": "9999", **{f"{LEASES}/{n}/parts#": "9999" for n in range(200)}}
    pages.open(f"{AT}/leases")
    for address in (f"{AT}/leases", f"{AT}/leases/save", AT):
        pages.open(f"{AT}/leases")
        assert "填写的内容太多" in pages.send(address, many, 422)
    page = pages.open(f"{AT}/leases")
    assert 'value="30000.00"' in page
    assert f'name="{LEASES}/1/rent"' not in page


def test_a_draft_of_another_notice_carries_its_answers_over(
    office: Office, pages: FormPages
) -> None:
    pages.begin(TENANT)
    pages.send(f"{AT}/enterprise", answers("enterprise"))
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE draft SET notice_id = 'gone'")
    page = pages.open(f"{AT}/enterprise")
    assert "已经换了" in page
    pages.send(AT, pages.all_hidden())
    assert example(TENANT)["enterprise"]["name"] in pages.text


def test_a_draft_of_an_earlier_notice_says_so_and_can_still_be_filed(
    office: Office, second_notice: Path
) -> None:
    given = typed.as_typed(form(), tenant_body())
    earlier = second_notice.name
    code = drafts.start(office.db, office.settings, TENANT, notice_id=earlier, typed=given)
    for before in browser(office, notice_id=earlier):
        before.open("/apply/resume")
        assert "以前的通知" not in before.send("/apply/resume", {"code": code})
    for pages in browser(office):
        pages.open("/apply/resume")
        assert "这份草稿用的是以前的通知" in pages.send("/apply/resume", {"code": code})
        pages.open(f"{AT}/renew")
        assert pages.all_hidden()[f"{LEASES}/0/rent"] == "30000.00"
        pages.open(f"{AT}/check")
        pages.send(f"{AT}/check", DECLARED)
    (filed,) = stored(office.db)
    assert filed["notice_id"] == earlier


def test_the_script_is_told_when_it_was_saved(office: Office, pages: FormPages) -> None:
    pages.begin(TENANT)
    answer = pages.sent(f"{AT}/enterprise/save", {"/enterprise/name": "样例"})
    assert answer.text.startswith("已保存 ")
    kept = drafts.find(office.db, office.settings, pages.code())
    assert kept.typed == {"/enterprise/name": "样例"}
