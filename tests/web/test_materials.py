"""Files on the pages of a draft, without a script: stored or refused by name, never lost."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Request
from werkzeug.test import TestResponse

from api.services import of
from casework.acts import supplement
from casework.documents import handing_in, left_behind
from casework.documents.errors import StoreAway
from casework.documents.handing_in import ByDraft
from casework.documents.stores import InFolder
from casework.intake import drafts
from casework.notices import editions
from casework.operations import business_time
from tests.support.form_pages import FormPages
from tests.support.ledgers import column, scalar
from tests.support.office import OFFICER, Office
from tests.support.packaged import PACKAGED, example
from tests.support.papers import LEASE, pdf, photo
from vocabulary.cases import State
from vocabulary.documents import MOST_BYTES
from web.app import create_app
from web.parts import multipart
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of

TENANT = "m01_tenant"
AT = f"/apply/{TENANT}"
DECLARED = {"declared": "1"}
HERE = f"{AT}/materials"
FILE = f"file:{LEASE}"
MULTIPART = "multipart/form-data"


@pytest.fixture
def pages(office: Office) -> Iterator[FormPages]:
    app = create_app(office.settings)
    yield FormPages(app.test_client())
    of(app).db.close()


def begun(office: Office, pages: FormPages) -> str:
    """A draft with all answers, at its list of what to bring. Its resume code."""
    pages.begin(TENANT)
    pages.open(f"{AT}/enterprise")
    code = pages.code()
    form = form_of(PACKAGED.notice, TENANT)
    assert form is not None
    given = typed.as_typed(form, example(TENANT))
    drafts.save(office.db, office.settings, code, lambda _: given)
    pages.open(HERE)
    return code


def bring(
    pages: FormPages, files: list[tuple[bytes, str]], do: str = "stay", at: str = HERE, **more: Any
) -> TestResponse:
    """Send the page's form with files."""
    chosen = [(io.BytesIO(content), name) for content, name in files]
    data = {**pages.hidden(), **more, FILE: chosen, "do": do}
    return pages.client.post(at, data=data, content_type=MULTIPART)


def test_files_are_stored_several_at_once_and_listed_with_their_state(
    office: Office, pages: FormPages
) -> None:
    code = begun(office, pages)
    sent = bring(pages, [(photo(), "租赁合同 1.jpg"), (pdf(), "合同.pdf")])
    assert sent.headers["Location"] == f"{HERE}?taken=2#files"
    page = pages.open(f"{HERE}?taken=2")
    assert "收好了2份" in page
    assert page.count("已收到") == 2
    assert "租赁合同 1.jpg" in page
    check = pages.open(f"{AT}/check")
    for said in ("租赁合同 1.jpg", "已收到", f"{HERE}#have-"):
        assert said in check, said
    pages.open(HERE)
    # A form that is sent once more, as by a reload, adds nothing.
    bring(pages, [(photo(), "租赁合同 1.jpg")])
    found = handing_in.handed_in(office.db, office.settings, ByDraft(code))
    assert [(each.paper, each.name) for each in found] == [
        (LEASE, "租赁合同 1.jpg"),
        (LEASE, "合同.pdf"),
    ]
    shown = pages.client.get(f"{HERE}/{found[0].handle}/picture")
    assert shown.mimetype == "image/jpeg"
    assert shown.data.startswith(b"\xff\xd8")
    # Whatever button is pressed takes what was chosen along.
    on = bring(pages, [(photo(seed=9), "c.jpg")], do="")
    assert on.headers["Location"] == f"{AT}/check"
    asks = bring(pages, [], do=f"remove {found[0].handle}")
    assert "租赁合同 1.jpg" in pages.open(asks.headers["Location"])
    pages.send(f"{HERE}/{found[0].handle}/remove", {})
    assert "已经删去" in pages.text or "租赁合同 1.jpg" not in pages.text
    assert scalar(office.db, "SELECT count(*) FROM document") == 2


def test_what_the_answers_do_not_call_for_is_folded_away(office: Office, pages: FormPages) -> None:
    """Each paper stands there once, under a number of its own; one with a file is never folded."""
    code = begun(office, pages)
    called, folded = pages.open(HERE).split("别的材料")
    assert f'name="{FILE}"' in called
    everything = re.findall(r'name="file:([^"]+)"', pages.text)
    assert everything == list(dict.fromkeys(everything))
    assert sorted(everything) == sorted(editions.papers(PACKAGED.notice, TENANT))
    beside = re.findall(r'name="file:([^"]+)"', folded)
    assert "其他材料" in beside
    drafts.save(office.db, office.settings, code, lambda _: {})
    assert f'name="{FILE}"' in pages.open(HERE).split("别的材料")[0], "needed, and not said yet"
    check = pages.open(f"{AT}/check")
    assert "还没有交材料" in check
    pages.open(HERE)
    pages.client.post(HERE, data={
        **pages.hidden(), f"file:{beside[0]}": (io.BytesIO(photo()), "a.jpg"), "do": "stay",
    }, content_type=MULTIPART)  # fmt: skip
    assert f'name="file:{beside[0]}"' in pages.open(HERE).split("别的材料")[0]


def test_what_is_refused_is_named_and_the_rest_is_kept(office: Office, pages: FormPages) -> None:
    begun(office, pages)
    large = b"\xff\xd8" + bytes(MOST_BYTES)
    sent = bring(
        pages,
        [
            (large, "全景.jpg"),
            (photo(), "好的.jpg"),
            (b"MZ" + bytes(600), "合同.exe"),
            (pdf("locked-r6"), "锁.pdf"),
            (b"", "空.jpg"),
        ],
    )
    assert sent.status_code == 422
    page = sent.text
    assert "有4个文件没有收下" in page
    for name, why in (
        ("全景.jpg（20.1 MB）", "超过 20 MB"),
        ("合同.exe", "只能交照片"),
        ("锁.pdf", "要输入密码才能打开；请另存一份不加密的"),
        ("空.jpg", "空文件"),
    ):
        assert why in page.partition(f"<b>{name}")[2].partition("</li>")[0], name
    assert page.count("已收到") == 1
    # What is taken is said beside each field.
    (told,) = re.findall('id="limits">(.*?)</p>', page)
    for limit in ("JPG、PNG、HEIC", "PDF", "20 MB", "最多40份"):
        assert limit in told
    assert page.count('type="file"') == page.count('aria-describedby="limits"') > 3
    assert column(office.db, "SELECT received = bytes FROM document") == [True]


def test_nothing_is_read_of_a_form_that_is_not_ours(
    office: Office, pages: FormPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = begun(office, pages)
    hidden = pages.hidden()
    for token in ("", hidden["token"][::-1]):
        sent = bring(pages, [(photo(), "a.jpg")], token=token)
        assert sent.status_code == 400
        assert "请再确认一次" in sent.text
        assert "重新选" in sent.text
    # A page that takes no files takes no such form.
    assert bring(pages, [(photo(), "a.jpg")], at=f"{AT}/check").status_code == 415
    monkeypatch.setattr(multipart, "MOST_AT_ONCE", 20_000)
    sent = bring(pages, [(bytes(30_000), "a.jpg")])
    assert sent.status_code == 413
    assert "一次少选几个" in sent.text
    for body in (b"", b"--x\r\n", b"nothing", b'--x\r\nContent-Disposition: form-data; name="a'):
        sent = pages.client.post(HERE, data=body, content_type=f"{MULTIPART}; boundary=x")
        assert sent.status_code == 400, body
    assert handing_in.handed_in(office.db, office.settings, ByDraft(code)) == []


def test_a_form_with_files_is_never_in_memory() -> None:
    """What is asked of the connection at once, and what is held of it, is bounded."""
    size, held = 8 * 1024 * 1024, []

    class Sent(io.BytesIO):
        def read(self, most: int | None = -1, /) -> bytes:
            held.append(most or 0)
            return super().read(most)

    head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    sent = Sent(head + bytes(size) + b"\r\n--x--\r\n")

    environ = {"CONTENT_TYPE": f"{MULTIPART}; boundary=x", "wsgi.input": sent}
    asked = Request({**environ, "wsgi.input_terminated": True})
    form = multipart.Multipart(asked, 1000)
    count = 0
    for each in form.files():
        while piece := each.read(100_000):
            count += len(piece)
            assert len(each._held) <= 2**18
    assert count == size
    assert max(held) <= 2**16
    assert min(held) > 0


def test_files_go_with_what_is_filed_and_a_stranger_sees_none(
    office: Office, pages: FormPages
) -> None:
    code = begun(office, pages)
    bring(pages, [(photo(), "合同.jpg")])
    (document,) = handing_in.handed_in(office.db, office.settings, ByDraft(code))
    other = FormPages(pages.client.application.test_client())
    begun(office, other)
    for way in ("picture", "remove"):
        assert other.client.get(f"{HERE}/{document.handle}/{way}").status_code == 404
    other.open(HERE)
    other.sent(f"{HERE}/{document.handle}/remove", {})
    pages.open(f"{AT}/check")
    pages.send(f"{AT}/check", DECLARED)
    assert column(office.db, "SELECT filed_at IS NOT NULL AND draft_id IS NULL FROM document") == [
        True
    ]


def test_files_of_a_submit_that_was_cut_off_are_moved_by_the_next_try_or_by_the_sweep(
    office: Office, pages: FormPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed = "SELECT count(*) FROM document WHERE application_id IS NOT NULL"

    def cut_off(*_: Any) -> int:
        raise StoreAway

    for how in ("again", "swept"):
        begun(office, pages)
        bring(pages, [(photo(), "合同.jpg")])
        pages.open(f"{AT}/check")
        before = scalar(office.db, filed)
        with monkeypatch.context() as broken:
            broken.setattr(handing_in, "move", cut_off)
            assert pages.sent(f"{AT}/check", DECLARED).status_code == 503
        assert scalar(office.db, filed) == before
        assert left_behind.move(office.db, office.settings) == 0
        if how == "again":
            assert pages.sent(f"{AT}/check", DECLARED).status_code == 303
        else:
            later = timedelta(minutes=left_behind.MINUTES + 1)
            moving = replace(office.settings, allow_time_travel=True)
            business_time.advance(office.db, moving, later)
            assert left_behind.move(office.db, office.settings) == 1
            assert left_behind.move(office.db, office.settings) == 0
        assert scalar(office.db, filed) == before + 1
    assert scalar(office.db, "SELECT count(*) FROM application") == 2


def test_a_store_that_is_away_takes_nothing_and_says_so(
    office: Office, pages: FormPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(office, pages)

    def away(*_: Any) -> None:
        raise StoreAway

    with monkeypatch.context() as broken:
        broken.setattr(InFolder, "put", away)
        sent = bring(pages, [(photo(), "合同.jpg")])
    assert sent.status_code == 422
    assert "没有收下，请过一会儿" in sent.text
    assert scalar(office.db, "SELECT count(*) FROM document") == 0


def test_a_paper_that_is_asked_for_is_brought_with_the_supplement(
    office: Office, pages: FormPages
) -> None:
    accepted = office.submit()
    supplement.request(
        office.db,
        office.settings,
        OFFICER,
        accepted.receipt,
        office.seen(accepted.receipt),
        documents=[LEASE],
        fields=["/facts/leases/0/rent"],
        reason="合同看不清",
        due_on=office.in_days(10),
    )
    pages.open("/status")
    pages.send("/status", {"receipt": accepted.receipt, "code": accepted.access_code})
    page = pages.open("/status/supplement")
    assert f'name="{FILE}"' in page
    at = "/status/supplement"
    rent = {"/facts/leases/0/rent": "31,000"}
    wrong = bring(pages, [(pdf("locked-r6"), "锁.pdf")], at=at, **rent)
    assert wrong.status_code == 422
    assert "锁.pdf" in wrong.text
    assert 'value="31,000"' in wrong.text, "what is typed beside the file stays"
    assert bring(pages, [(photo(), "合同.jpg")], "", at, **rent).status_code == 303
    assert scalar(office.db, "SELECT state FROM application") == State.SUPPLEMENTED
