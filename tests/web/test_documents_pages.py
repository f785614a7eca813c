"""The documents of a case on its pages, without a script, and files of before offered again."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from api.services import of
from casework.documents import handing_in
from casework.documents.handing_in import ByDraft
from casework.intake.identity import of_login
from casework.people import enterprise_sessions
from tests.support import filing, visitor
from tests.support.applications import tenant_body, uscc
from tests.support.form_pages import FormPages
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.packaged import load_application
from tests.support.papers import LEASE, by_code, hand_in, pdf, photo
from web.app import create_app

AT = "/status/documents"
MATERIALS = f"/apply/{visitor.TENANT}/materials"
PART = {"offset": "0"}


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    made = create_app(office.settings)
    yield made
    of(made).db.close()


def send(pages: FormPages, at: str, **data: object) -> tuple[int, str]:
    """A form of the page that is shown, with files."""
    given = {**pages.hidden(), **data}
    answer = pages.client.post(at, data=given, content_type="multipart/form-data")
    return answer.status_code, answer.headers.get("Location", answer.text)


def test_a_case_lists_its_documents_on_each_of_its_pages_and_takes_more(
    app: Flask, office: Office
) -> None:
    filed = office.submit()
    who = visitor.visitor(app)
    visitor.has_filed(who, filed)
    pages = who.pages
    assert "还没有交" not in pages.open(AT)
    chosen = [(io.BytesIO(photo()), "合同.jpg"), (io.BytesIO(pdf()), "证.pdf")]
    assert send(pages, AT, **{f"file:{LEASE}": chosen})[1] == f"{AT}?taken=2#files"
    # Sent once more, as by a double click.
    again = [(io.BytesIO(photo()), "合同.jpg")]
    send(pages, AT, **{f"file:{LEASE}": again})
    (handle,) = set(re.findall(rf"{AT}/(\w+)/picture", pages.open(AT)))
    for page in (AT, "/status", "/receipt"):
        text = re.sub(r"<[^>]+>", "", pages.open(page))
        assert text.count("合同.jpg 已收到") == 1, page
        assert re.search(r"证\.pdf 已收到\s*PDF 文件，.*2页，.*交", text), page
    got = pages.client.get(f"{AT}/{handle}/file")
    assert (got.mimetype, got.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    # What is part of the case is not taken back.
    assert "删去" not in pages.text
    pages.open(f"{AT}/{handle}/remove")
    assert pages.sent(f"{AT}/{handle}/remove", {}).status_code == 409
    stranger = visitor.visitor(app)
    visitor.has_filed(stranger, office.submit(uscc=uscc(7)))
    for way in ("picture", "file", "remove"):
        assert stranger.pages.client.get(f"{AT}/{handle}/{way}").status_code == 404
    stranger.pages.open(AT)
    assert send(stranger.pages, f"{AT}/{handle}/part", **PART)[1] == '{"gone": true}'
    assert scalar(office.db, "SELECT count(*) FROM document") == 2
    # Many are folded, so that the sum stays in sight.
    more = [(io.BytesIO(photo(seed=40 * each, turned=1)), f"{each}.jpg") for each in range(4)]
    pages.open(AT)
    assert send(pages, AT, **{f"file:{LEASE}": more})[1] == f"{AT}?taken=4#files"
    folded = pages.open("/status").partition("<details><summary>一共6份</summary>")[2]
    assert folded.partition("</details>")[0].count("已收到") == 6


def test_parts_are_taken_of_our_own_pages_and_their_holder_alone(
    app: Flask, office: Office
) -> None:
    who = visitor.visitor(app)
    visitor.has_draft(who)
    pages = who.pages
    pages.open(MATERIALS)
    told = {"paper": LEASE, "name": "a.jpg", "size": str(len(photo()))}
    begun = pages.sent(f"{MATERIALS}/begin", told).get_json()
    assert (begun["received"], begun["done"]) == (0, False)
    at = f"{MATERIALS}/{begun['id']}/part"
    piece = {"part": (io.BytesIO(photo()), "part")}
    hidden = pages.hidden()
    for forged in ({**hidden, "token": hidden["token"][::-1]}, {"draft": hidden["draft"]}):
        given = {**forged, **PART, "part": (io.BytesIO(photo()), "part")}
        refused = pages.client.post(at, data=given, content_type="multipart/form-data")
        assert refused.status_code == 400
    assert send(pages, at, offset="5", **piece)[1] == '{"received": 0, "done": false}'
    assert '"done": true' in send(pages, at, offset="0", part=(io.BytesIO(photo()), "part"))[1]
    for wrong, said in (
        ({"paper": "没有的"}, "没有这种材料"),
        ({"size": "99999999999"}, "超过 20 MB"),
        ({"size": "0"}, "空文件"),
    ):
        answer = pages.sent(f"{MATERIALS}/begin", {**told, **wrong})
        assert answer.status_code == 422
        assert said in answer.get_json()["said"]
    other = visitor.visitor(app)
    visitor.has_draft(other)
    other.pages.open(MATERIALS)
    assert send(other.pages, at, **PART)[1] == '{"gone": true}'
    assert scalar(office.db, "SELECT count(*) FROM document") == 1


def test_files_of_before_are_offered_to_whoever_logged_in_and_filed_for_nobody_else(
    app: Flask, office: Office
) -> None:
    own = uscc(874)
    made = load_application(tenant_body(uscc=own, lease_no="租甲"))
    filed = filing.accept(office.db, office.settings, made, identity=of_login())
    kept = hand_in(office, by_code(filed), paper=LEASE, name="旧合同.jpg")
    who = visitor.visitor(app)
    visitor.has_draft(who)
    pages = who.pages
    enterprise = visitor.answers("enterprise") | {"/enterprise/uscc": own}
    pages.send(f"/apply/{visitor.TENANT}/enterprise", enterprise)
    assert "以前交过的" not in pages.open(MATERIALS)
    secret = enterprise_sessions.begin(
        office.db, office.settings, issuer="i", uscc=own, name="测试面馆"
    )
    pages.client.set_cookie("wenqi-enterprise", secret)
    assert f"随{filed.receipt}交" in re.sub(r"<[^>]+>", "", pages.open(MATERIALS))
    use = {"do": f"again {kept.handle}"}
    assert send(pages, MATERIALS, **use)[1] == f"{MATERIALS}?taken=1#files"
    assert send(pages, MATERIALS, **use)[1] == f"{MATERIALS}?taken=0#files"
    assert "以前交过的" not in pages.open(MATERIALS)
    pages.open(f"/apply/{visitor.TENANT}/leases")
    code = pages.code()
    assert len(handing_in.handed_in(office.db, office.settings, ByDraft(code))) == 1
    # With another credit code it is not filed before the file is gone.
    other = visitor.answers("enterprise") | {"/enterprise/uscc": uscc(875)}
    pages.open(f"/apply/{visitor.TENANT}/enterprise")
    pages.send(f"/apply/{visitor.TENANT}/enterprise", other)
    assert "旧合同.jpg是用另一家企业的名义交过的" in pages.open(f"/apply/{visitor.TENANT}/check")
    pages.send(f"/apply/{visitor.TENANT}/check", {"declared": "1"})
    assert scalar(office.db, "SELECT count(*) FROM application") == 1
