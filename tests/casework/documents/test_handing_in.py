"""Files from their announcement to their end: nothing is called received before it is stored and
read back, nobody opens another's, and what is kept is encrypted, counted and removed in time."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.acts import supplement, withdraw
from casework.documents import handing_in, looking, stores, sweep, uploads
from casework.documents.errors import (
    DocumentFiled,
    DocumentNotFound,
    DocumentRefused,
    DocumentsBusy,
    NotTaken,
    PaperUnknown,
    StoreAway,
    TooManyDocuments,
    WrongOffset,
)
from casework.documents.handing_in import ByCode, ByDraft, Holder
from casework.errors import ApplicationNotFound, CaseNotFound
from casework.intake import drafts
from casework.operations import key_rotation, purge
from casework.views import documents as views
from casework.views import own_data
from casework.work.dispatch import Stage
from config import keys
from config.documents import Folder
from schemas.enterprise import PAYROLL
from schemas.kit.format_errors import InvalidRequest
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import OFFICER, STRANGER, Office
from tests.support.papers import LEASE, by_code, hand_in, pdf, photo
from vocabulary.cases import State
from vocabulary.documents import MOST_BYTES, MOST_DOCUMENTS, OTHER, DocumentState, FileRefusal


def folder(office: Office) -> Path:
    place = office.settings.documents.store
    assert isinstance(place, Folder)
    return place.path


def objects(office: Office) -> list[Path]:
    return sorted(path for path in folder(office).rglob("*") if path.is_file())


def test_a_lost_connection_costs_one_piece_and_a_retry_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PIECE", 300)
    holder, sent = by_code(office.submit()), photo(400, 300)
    act = (office.db, office.settings, holder)
    begun = handing_in.begin(*act, paper=LEASE, name="C:\\用户\\合同\u202e.jpg", size=len(sent))
    assert (begun.state, begun.name) == (DocumentState.RECEIVING, "合同.jpg")

    class Lost(Exception):
        pass

    stream = io.BytesIO(sent)

    def breaking(size: int) -> bytes:
        if stream.tell() >= 1000:
            raise Lost
        return stream.read(min(size, 250))

    with pytest.raises(Lost):
        handing_in.receive(*act, begun.handle, 0, breaking)
    kept = handing_in.standing(*act, begun.handle)
    assert (kept.received, kept.state) == (900, DocumentState.RECEIVING)
    with pytest.raises(WrongOffset) as wrong:
        handing_in.receive(*act, begun.handle, 0, io.BytesIO(sent).read)
    assert wrong.value.offset == 900
    whole = handing_in.receive(*act, begun.handle, 900, io.BytesIO(sent[900:]).read)
    assert (whole.state, whole.paper, whole.serial) == (DocumentState.READY, LEASE, 1)
    # What a client sends again because the answer was lost changes nothing.
    again = handing_in.receive(*act, begun.handle, len(sent), io.BytesIO(b"").read)
    assert again == whole
    assert len(objects(office)) == 2
    opened = handing_in.opened(*act, begun.handle)
    content = b"".join(opened.pieces)
    assert (len(content), opened.media_type) == (opened.size, "image/jpeg")
    assert re.fullmatch(r"WQ[\w-]+_租赁合同_1\.jpg", opened.filename)


def test_no_thread_holds_more_than_a_piece(office: Office) -> None:
    """Bytes that are asked for at once, and that go to the store at once, are counted."""
    holder, sent = by_code(office.submit()), b"%PDF-" + bytes(6 * 1024 * 1024)
    act = (office.db, office.settings, holder)
    begun = handing_in.begin(*act, paper=OTHER, name="大.pdf", size=len(sent))
    asked: list[int] = []
    stream = io.BytesIO(sent)

    def reading(size: int) -> bytes:
        asked.append(size)
        return stream.read(size)

    with pytest.raises(DocumentRefused) as refused:
        handing_in.receive(*act, begun.handle, 0, reading)
    assert refused.value.why is FileRefusal.BROKEN
    assert max(asked) <= uploads.PIECE
    # What was refused leaves nothing behind, neither row nor object.
    assert handing_in.handed_in(*act) == []
    assert objects(office) == []


def test_several_at_once_are_bounded_by_places_not_by_luck(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = by_code(office.submit())
    act = (office.db, office.settings, holder)
    begun = handing_in.begin(*act, paper=OTHER, name="a.jpg", size=10)
    monkeypatch.setattr(uploads, "_WAIT_SECONDS", 0.01)
    taken = [uploads._slots.acquire(blocking=False) for _ in range(100)]
    try:
        assert 0 < sum(taken) < 10
        with pytest.raises(DocumentsBusy):
            handing_in.receive(*act, begun.handle, 0, io.BytesIO(bytes(10)).read)
    finally:
        for _ in range(sum(taken)):
            uploads._slots.release()
    assert handing_in.standing(*act, begun.handle).received == 0


def test_limits_are_told_before_a_byte_is_sent(office: Office) -> None:
    holder = by_code(office.submit())
    act = (office.db, office.settings, holder)
    for size, why in ((MOST_BYTES + 1, FileRefusal.TOO_LARGE), (0, FileRefusal.EMPTY)):
        with pytest.raises(DocumentRefused) as refused:
            handing_in.begin(*act, paper=OTHER, name="a", size=size)
        assert refused.value.why is why
    with pytest.raises(PaperUnknown):
        handing_in.begin(*act, paper="没有的材料", name="a", size=1)
    for _ in range(MOST_DOCUMENTS):
        handing_in.begin(*act, paper=OTHER, name="a", size=1)
    with pytest.raises(TooManyDocuments):
        handing_in.begin(*act, paper=OTHER, name="a", size=1)
    begun = handing_in.handed_in(*act)[0]
    with pytest.raises(DocumentRefused):
        handing_in.receive(*act, begun.handle, 0, io.BytesIO(b"more than one").read)
    assert len(handing_in.handed_in(*act)) == MOST_DOCUMENTS - 1


def test_nobody_opens_anothers_whatever_is_guessed(office: Office) -> None:
    mine, other = office.submit(), office.submit(uscc=uscc(7))
    held = hand_in(office, by_code(mine))
    for holder in (by_code(other), ByCode(mine.receipt, other.access_code)):
        act = (office.db, office.settings, holder, held.handle)
        for use in (handing_in.standing, handing_in.opened, handing_in.remove):
            with pytest.raises((DocumentNotFound, ApplicationNotFound)):
                use(*act)
    with pytest.raises(CaseNotFound):
        views.of_case(office.db, STRANGER, mine.receipt)
    with pytest.raises(CaseNotFound):
        looking.open_of_case(office.db, office.settings, STRANGER, mine.receipt, held.handle)
    with pytest.raises(DocumentNotFound):
        looking.open_of_case(office.db, office.settings, OFFICER, other.receipt, held.handle)


def test_each_look_of_a_bureau_is_on_the_trail_and_names_case_and_document(office: Office) -> None:
    accepted = office.submit()
    hand_in(office, by_code(accepted))
    held = hand_in(office, by_code(accepted), pdf(), paper=LEASE, name="合同.pdf")
    listed = views.of_case(office.db, OFFICER, accepted.receipt)
    assert [each.number for each in listed.items] == [1, 2]
    assert {each.paper: each.documents for each in listed.papers}[LEASE] == 1
    looking.open_of_case(office.db, office.settings, OFFICER, accepted.receipt, held.handle)
    looking.open_of_case(
        office.db, office.settings, OFFICER, accepted.receipt, listed.items[0].id, small=True
    )
    looks = column(
        office.db,
        "SELECT data ->> 'document' FROM event WHERE type = 'access.document_read'"
        " AND application_id IS NOT NULL AND actor = %(who)s ORDER BY id",
        who=OFFICER.actor,
    )
    assert looks == ["2", "1"]


def test_what_lies_there_is_encrypted_and_read_under_a_new_key(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = by_code(office.submit())
    held = hand_in(office, holder, pdf(), name="身份证.pdf")
    for path in objects(office):
        assert b"%PDF" not in path.read_bytes()
    row = scalar(office.db, "SELECT to_jsonb(d)::text FROM document AS d")
    assert "身份证" not in row
    old = keys.held()
    ring = keys.parse("DATA_KEYS", f"{keys.new_entry('next')}," + ring_text(old))
    monkeypatch.setattr(keys, "_HELD", [ring])
    key_rotation.start(office.db, office.settings)
    while ids := claim_ids(office.db, office.settings, Stage.ROTATE):
        key_rotation.run(office.db, office.settings, ids)
    assert {each.key for each in key_rotation.standing(office.db)} == {"next"}
    keys.hold(keys.parse("DATA_KEYS", ring_text(ring).split(",")[0]))
    act = (office.db, office.settings, holder)
    assert b"".join(handing_in.opened(*act, held.handle).pieces) == pdf()


def ring_text(ring: keys.Ring) -> str:
    return ",".join(f"{key.id}:{base64.b64encode(key.value).decode()}" for key in ring.keys)


def test_contents_are_known_again_within_one_enterprise_and_never_across(office: Office) -> None:
    """Of enterprises that it is known who files; of any other each filing stands alone."""
    first, second = office.submit(uscc=uscc(5)), office.submit(uscc=uscc(5))
    stranger = office.submit(uscc=uscc(7))
    for accepted in (first, second, stranger):
        hand_in(office, by_code(accepted))
    assert len(column(office.db, "SELECT id FROM document_file")) == 2
    assert len(set(column(office.db, "SELECT content_hash FROM document_file"))) == 2


def test_before_filing_a_document_is_the_drafts_and_goes_with_what_is_filed(
    office: Office,
) -> None:
    code = drafts.start(office.db, office.settings, "m01_tenant")
    draft = ByDraft(code)
    act = (office.db, office.settings, draft)
    kept = hand_in(office, draft, paper=LEASE)
    gone = hand_in(office, draft, pdf(), name="错.pdf")
    handing_in.remove(*act, gone.handle)
    handing_in.begin(*act, paper=OTHER, name="没传完.jpg", size=1000)
    accepted = office.submit()
    own = (accepted.receipt, accepted.access_code)
    assert handing_in.move(office.db, office.settings, code, *own) == 1
    assert handing_in.move(office.db, office.settings, code, *own) == 0
    assert handing_in.handed_in(*act) == []
    holder = by_code(accepted)
    (filed,) = handing_in.handed_in(office.db, office.settings, holder)
    assert (filed.handle, filed.filed_at is not None) == (kept.handle, True)
    with pytest.raises(DocumentFiled):
        handing_in.remove(office.db, office.settings, holder, filed.handle)
    drafts.freeze(office.db, office.settings, code)
    with pytest.raises(drafts.DraftFrozen):
        handing_in.begin(*act, paper=OTHER, name="a", size=1)
    assert "document.added" in column(office.db, "SELECT type FROM event")


def test_a_missing_document_is_a_supplement_like_a_missing_field(office: Office) -> None:
    accepted = office.submit()
    holder, receipt = by_code(accepted), accepted.receipt
    earlier = hand_in(office, holder, paper=LEASE)
    ask: dict[str, Any] = {"reason": "合同看不清", "due_on": office.in_days(10)}
    request = (office.db, office.settings, OFFICER, receipt, office.seen(receipt))
    for wrong in ((), ("没有的材料",)):
        with pytest.raises(InvalidRequest):
            supplement.request(*request, documents=wrong, **ask)
    supplement.request(*request, documents=[LEASE], **ask)
    shown = office.status(accepted)["supplement"]
    assert (shown["documents"], shown["fields"]) == ([LEASE], [])
    assert any("要求补正1项" in each["text"] for each in office.status(accepted)["timeline"])
    listed = views.of_holder(office.db, office.settings, holder)
    assert [each.paper for each in listed.papers if each.wanted] == [LEASE]
    answer = (office.db, office.settings, receipt, accepted.access_code)
    with pytest.raises(InvalidRequest) as missing:
        supplement.answer(*answer)
    assert [each.code for each in missing.value.errors] == ["paper_missing"]
    with pytest.raises(DocumentFiled):
        handing_in.remove(office.db, office.settings, holder, earlier.handle)
    wrong_one = hand_in(office, holder, pdf(), paper=LEASE, name="错.pdf")
    handing_in.remove(office.db, office.settings, holder, wrong_one.handle)
    hand_in(office, holder, photo(90, 50), paper=LEASE)
    supplement.answer(*answer)
    assert scalar(office.db, "SELECT state FROM application") == State.SUPPLEMENTED
    office.assess_all()
    assert scalar(office.db, "SELECT state FROM application") == State.AWAITING_DETERMINATION
    assert None not in column(office.db, "SELECT filed_at FROM document")


def test_the_same_file_sent_twice_is_listed_once_however_it_comes(office: Office) -> None:
    """A double click and a form that is sent again; of a filed case as of a draft."""
    filed = by_code(office.submit())
    draft = ByDraft(drafts.start(office.db, office.settings, "m01_tenant"))
    for holder in (filed, draft):
        act = (office.db, office.settings, holder)

        def take(paper: str = LEASE, holder: Holder = holder) -> str:
            read = io.BytesIO(photo()).read
            act = (office.db, office.settings, holder)
            return handing_in.take(*act, paper=paper, name="a.jpg", read=read).handle

        two = [handing_in.begin(*act, paper=LEASE, name="a.jpg", size=len(photo())) for _ in "ab"]
        # The second arrives first.
        stays, gone = (
            handing_in.receive(*act, each.handle, 0, io.BytesIO(photo()).read, once=True).handle
            for each in reversed(two)
        )
        assert (stays, take()) == (gone, gone)
        assert [each.handle for each in handing_in.handed_in(*act)] == [two[1].handle]
        # As another paper it is another document.
        assert take(OTHER) != stays
    added = "SELECT count(*) FROM event WHERE type = 'document.added'"
    assert scalar(office.db, added) == 2


def test_what_is_asked_for_again_is_not_answered_by_what_was_there_before(office: Office) -> None:
    accepted = office.submit()
    holder, receipt = by_code(accepted), accepted.receipt
    act = (office.db, office.settings, holder)
    given: dict[str, Any] = {"paper": LEASE, "name": "a.jpg"}
    handing_in.take(*act, read=io.BytesIO(photo()).read, **given)
    supplement.request(
        office.db, office.settings, OFFICER, receipt, office.seen(receipt),
        documents=[LEASE], reason="没有收到", due_on=office.in_days(10),
    )  # fmt: skip
    for _ in range(2):
        handing_in.take(*act, read=io.BytesIO(photo()).read, **given)
    assert len(handing_in.handed_in(*act)) == 2
    supplement.answer(office.db, office.settings, receipt, accepted.access_code)
    assert scalar(office.db, "SELECT state FROM application") == State.SUPPLEMENTED


def test_what_to_bring_says_what_is_still_to_be_settled(office: Office) -> None:
    """The papers of conditions that an official has to look at stand before the others."""
    body = tenant_body()
    body["facts"]["dismissed"] = 2
    accepted = office.submit(body)
    assert office.status(accepted)["outcome"] == "needs_determination"
    listed = views.of_holder(office.db, office.settings, by_code(accepted))
    assert [each.paper for each in listed.papers if each.unsettled] == [PAYROLL]
    assert listed.papers[0].paper == PAYROLL
    assert (listed.open, [each for each in listed.papers if each.wanted]) == (True, [])
    withdraw.withdraw(office.db, office.settings, *by_code(accepted), reason=None)
    assert not views.of_holder(office.db, office.settings, by_code(accepted)).open


def test_what_nothing_refers_to_is_swept_and_what_is_in_use_stays(
    office: Office, travel: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = by_code(office.submit())
    act = (office.db, office.settings, holder)
    hand_in(office, holder)
    lost = handing_in.begin(*act, paper=OTHER, name="a.jpg", size=1000)
    with pytest.raises(ZeroDivisionError):
        handing_in.receive(*act, lost.handle, 0, iter_then_fail(bytes(500)))
    store = stores.open_store(office.settings.documents)
    store.put("files/ab/orphan", [b"nobody's"])
    assert sweep.run(office.db, office.settings) == sweep.Swept()
    travel(int(timedelta(hours=sweep.UPLOAD_HOURS + 1).total_seconds()))
    monkeypatch.setattr(sweep, "OBJECT_HOURS", -1)
    assert sweep.run(office.db, office.settings) == sweep.Swept(uploads=1, objects=1)
    (kept,) = handing_in.handed_in(*act)
    assert b"".join(handing_in.opened(*act, kept.handle).pieces)
    accepted = ByCode(holder.receipt, holder.access_code)
    withdraw.withdraw(office.db, office.settings, *accepted, reason=None)
    with pytest.raises(NotTaken):
        handing_in.begin(*act, paper=OTHER, name="a", size=1)
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM work_item")
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent'")
    assert [each.name for each in own_data.copy(office.db, office.settings, *accepted).documents]
    office.go_to(office.today() + timedelta(days=office.settings.practice.keep_closed + 1))
    assert purge.file(office.db, office.settings) == 1
    purge.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.PURGE))
    assert sweep.run(office.db, office.settings).files == 1
    assert objects(office) == []


def iter_then_fail(content: bytes) -> Callable[[int], bytes]:
    """A connection that sends this, whole, and then breaks."""
    stream = io.BytesIO(content)

    def read(size: int) -> bytes:
        return stream.read(size) or bytes(1 // 0)

    return read


def test_a_file_that_cannot_be_read_back_is_not_called_received(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = by_code(office.submit())
    act = (office.db, office.settings, holder)
    begun = handing_in.begin(*act, paper=OTHER, name="a.jpg", size=len(photo()))
    put = stores.InFolder.put

    def forgetting(self: stores.InFolder, name: str, pieces: Any) -> None:
        put(self, name, [b"something else"] if name.startswith("files/") else pieces)

    with monkeypatch.context() as broken:
        broken.setattr(stores.InFolder, "put", forgetting)
        with pytest.raises(StoreAway):
            handing_in.receive(*act, begun.handle, 0, io.BytesIO(photo()).read)
    assert handing_in.standing(*act, begun.handle).state is DocumentState.RECEIVING
    done = handing_in.receive(*act, begun.handle, len(photo()), io.BytesIO(b"").read)
    assert done.state is DocumentState.READY
