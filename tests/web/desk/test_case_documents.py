"""The papers of a case in one strip: pictures and pages of PDF in their place, beside what they
prove, on the trail once, for who may see them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from casework.acts import supplement
from casework.documents import document_scan, looking
from casework.documents.looking import Sheet
from casework.documents.page_drawing import SIDES
from casework.operations import business_time
from casework.people.access import Principal
from casework.work.dispatch import Stage
from tests.support import pdf_making as making
from tests.support.applications import uscc
from tests.support.desk_client import DeskClient
from tests.support.ledgers import claim_ids, column
from tests.support.office import OFFICER, Office
from tests.support.papers import by_code, hand_in, scanning, sick_pdf
from vocabulary.people import Role


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER)


def looks(office: Office) -> list[str]:
    """Which documents somebody has looked at, one for each look."""
    return column(
        office.db,
        "SELECT data ->> 'document' FROM event WHERE type = 'access.document_read' ORDER BY id",
    )


def test_pages_of_a_pdf_are_pictures_in_their_place_and_one_look(
    client: DeskClient, office: Office
) -> None:
    accepted = office.submit(uscc=uscc(971))
    first = hand_in(office, by_code(accepted), paper="营业执照")
    lease = hand_in(office, by_code(accepted), making.lease(), paper="租赁合同")
    here = f"/desk/cases/{accepted.receipt}/documents"
    shown = client.get(f"{here}/{lease.handle}?page=2&sort=due")
    for said in (
        "第2页，共3页",
        f'href="{here}/{lease.handle}?turn=0&amp;size=1&amp;page=3&amp;sort=due"',
        f'href="{here}/{lease.handle}?turn=90&amp;size=1&amp;page=2&amp;sort=due"',
        f'data-previous href="{here}/{first.handle}?sort=due"',
        f'src="{here}/{lease.handle}/pages/2?turn=0&amp;size=1"',
        "照片　证明1.2、1.4</span>",
        "租金（元）</dt><dd>30,000.00</dd>",
    ):
        assert said in shown.text, said
    assert "img-src 'self'" in shown.headers["Content-Security-Policy"]
    assert '<b class="wq-n">1.2</b> “' in client.get(f"{here}/{first.handle}").text
    assert looks(office) == ["2"], "whoever opens the page of a picture asks for the picture next"
    for number, size in ((1, (1272, 1800)), (2, (1800, 1272)), (9, (1272, 1800))):
        picture = client.http.get(f"{here}/{lease.handle}/pages/{number}")
        assert picture.content_type == "image/jpeg"
        assert picture.headers["Cache-Control"] == "no-store"
        assert Image.open(io.BytesIO(picture.data)).size == size
    assert looks(office) == ["2"]
    # A download is a look of its own, as that of a picture is.
    client.http.get(f"/api/v1{here.removeprefix('/desk')}/{lease.handle}/content")
    business_time.advance(office.db, office.settings, timedelta(minutes=31))
    same = Principal("sasac", Role.OFFICER, "test.jia")  # the login is over by then
    sheet = Sheet(number=1, longest=SIDES[0], turn=0)
    looking.page_of_case(office.db, office.settings, same, accepted.receipt, lease.handle, sheet)
    assert looks(office) == ["2", "2", "2"]


def test_the_strip_says_how_and_when_each_paper_came(client: DeskClient, office: Office) -> None:
    accepted = office.submit(uscc=uscc(972))
    holder = by_code(accepted)
    hand_in(office, holder, paper="营业执照")
    supplement.request(
        office.db, office.settings, OFFICER, accepted.receipt, due_on=office.in_days(20),
        fields=["/facts/leases/0/rent"], documents=["租赁合同"], reason="看不清",
        versions=office.seen(accepted.receipt),
    )  # fmt: skip
    lease = hand_in(office, holder, making.lease(), paper="租赁合同")
    here = f"/desk/cases/{accepted.receipt}/documents/{lease.handle}"
    strip = re.compile(r'wq-2nd">(申报单位[^<，]*)(?:，还没有提交)?，')
    waiting = client.get(here).text
    assert strip.findall(waiting) == ["申报单位另行提交", "申报单位补正"]
    assert "申报单位补正，还没有提交，" in waiting
    supplement.answer(
        office.db, office.settings, accepted.receipt, accepted.access_code,
        {"/facts/leases/0/rent": "28000"},
    )  # fmt: skip
    answered = client.get(here).text
    assert strip.findall(answered) == ["申报单位另行提交", "申报单位补正"]
    assert "还没有提交" not in answered


def test_what_cannot_be_shown_is_told_in_a_sentence_with_the_download(
    client: DeskClient, office: Office
) -> None:
    accepted = office.submit(uscc=uscc(973))
    broken = hand_in(office, by_code(accepted), making.of_itself(), paper="租赁合同")
    photo = hand_in(office, by_code(accepted), paper="营业执照")
    here = f"/desk/cases/{accepted.receipt}/documents"
    shown = client.get(f"{here}/{broken.handle}").text
    assert "这一页显示不出来" in shown
    assert f"{broken.handle}/content" in shown
    assert "<img" not in shown.partition("<main")[2]
    client.get(f"{here}/{broken.handle}/pages/1", 409)
    client.get(f"{here}/{photo.handle}/pages/1", 404)


def test_nobody_else_and_nothing_that_was_not_scanned_is_shown(
    client: DeskClient, enter: Callable[..., DeskClient], office: Office, tmp_path: Path
) -> None:
    accepted = office.submit(uscc=uscc(974))
    lease = hand_in(office, by_code(accepted), making.lease(), paper="租赁合同")
    stranger = enter("test.yi", Role.OFFICER, bureau="education")
    here = f"/desk/cases/{accepted.receipt}/documents"
    for path in (f"{here}/{lease.handle}", f"{here}/{lease.handle}/pages/1"):
        assert "这件由区国资委办理" in stranger.get(path, 403).text
    with scanning(office, tmp_path) as (scanned, _):
        waiting = hand_in(scanned, by_code(accepted), sick_pdf(), paper="租赁合同")
        for state in ("检查中", "有风险，已隔离"):
            assert f"{state}，不能打开。" in client.get(f"{here}/{waiting.handle}").text
            client.get(f"{here}/{waiting.handle}/pages/1", 409)
            ids = claim_ids(scanned.db, scanned.settings, Stage.SCAN)
            document_scan.run(scanned.db, scanned.settings, ids)
    assert looks(office) == []
