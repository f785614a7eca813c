"""Until a scanner has said that a file is clean nobody opens it; what is infected comes back to
who handed it in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from casework.acts import supplement
from casework.documents import document_scan, handing_in, looking
from casework.documents.errors import NotReadable
from casework.work.dispatch import Stage
from casework.work.run import ChunkResult
from schemas.kit.format_errors import InvalidRequest
from tests.support.ledgers import claim_ids, column, waiting
from tests.support.office import OFFICER, Office
from tests.support.papers import LEASE, by_code, hand_in, pdf, photo, scanning, sick_pdf
from vocabulary.documents import DocumentState


def scan(office: Office) -> ChunkResult:
    return document_scan.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.SCAN)
    )


def test_clean_passes_infected_is_told_and_neither_opens_before(
    office: Office, tmp_path: Path
) -> None:
    accepted = office.submit()
    holder = by_code(accepted)
    with scanning(office, tmp_path) as (scanned, scanner):
        supplement.request(
            office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
            documents=[LEASE], reason="请补合同", due_on=office.in_days(10),
        )  # fmt: skip
        good = hand_in(scanned, holder, pdf(), name="好.pdf")
        bad = hand_in(scanned, holder, sick_pdf(), paper=LEASE, name="坏.pdf")
        assert {good.state, bad.state} == {DocumentState.CHECKING}
        for each in (good, bad):
            with pytest.raises(NotReadable):
                handing_in.opened(scanned.db, scanned.settings, holder, each.handle)
            with pytest.raises(NotReadable):
                looking.open_of_case(
                    scanned.db, scanned.settings, OFFICER, accepted.receipt, each.handle
                )
        assert scan(scanned).done == 2
        assert sorted(scanner.scanned) == sorted((len(pdf()), len(sick_pdf())))
    act = (office.db, office.settings, holder)
    assert [each.state for each in handing_in.handed_in(*act)] == [
        DocumentState.READY,
        DocumentState.INFECTED,
    ]
    assert b"".join(handing_in.opened(*act, good.handle).pieces) == pdf()
    with pytest.raises(NotReadable):
        handing_in.opened(*act, bad.handle)
    told = "SELECT type FROM event WHERE type LIKE 'document.q%%'"
    assert column(office.db, told) == ["document.quarantined"]
    assert any("已隔离" in each["text"] for each in office.status(accepted)["timeline"])
    # It is no answer to what was asked for; another copy is.
    with pytest.raises(InvalidRequest):
        supplement.answer(office.db, office.settings, accepted.receipt, accepted.access_code)
    hand_in(office, holder, photo(), paper=LEASE)
    supplement.answer(office.db, office.settings, accepted.receipt, accepted.access_code)


def test_what_cannot_be_scanned_waits_and_never_passes(
    office: Office, tmp_path: Path, travel: Callable[[int], None]
) -> None:
    holder = by_code(office.submit())
    with scanning(office, tmp_path) as (scanned, scanner):
        held = hand_in(scanned, holder, pdf())
        act = (office.db, office.settings, holder)
        for answer in (b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK", b"", b"nonsense\0"):
            scanner.say(answer)
            (failure,) = scan(scanned).failures
            assert failure.reason.startswith("retryable: clamd")
            travel(7200)
        # Neither does it pass where the scanner was taken out of the settings meanwhile.
        (failure,) = scan(office).failures
        assert "CLAMD_URL" in failure.reason
        assert handing_in.standing(*act, held.handle).state is DocumentState.CHECKING
        travel(7200)
        scanner.say(None)
        assert scan(scanned).done == 1
    assert handing_in.standing(*act, held.handle).state is DocumentState.READY
    assert waiting(office.db, Stage.SCAN) == 0


def test_a_scanner_that_is_gone_is_tried_again(office: Office, tmp_path: Path) -> None:
    with scanning(office, tmp_path) as (scanned, _):
        hand_in(scanned, by_code(office.submit()), pdf())
    (failure,) = scan(scanned).failures
    assert (failure.dead, failure.reason.startswith("retryable: clamd")) == (False, True)
    assert waiting(office.db, Stage.SCAN) == 1


def test_a_file_that_was_lost_is_named_to_who_handed_it_in(office: Office, tmp_path: Path) -> None:
    accepted = office.submit()
    holder = by_code(accepted)
    with scanning(office, tmp_path) as (scanned, _):
        held = hand_in(scanned, holder, pdf())
        for path in (tmp_path / "documents" / "files").rglob("*"):
            if path.is_file():
                path.unlink()
        scan(scanned)
        act = (scanned.db, scanned.settings, holder)
        assert handing_in.standing(*act, held.handle).state is DocumentState.LOST
        told = column(
            office.db,
            "SELECT DISTINCT recipient_kind FROM delivery WHERE event_id IN"
            " (SELECT id FROM event WHERE type = 'document.lost')",
        )
        assert "enterprise" in told, "who handed it in is written to"
        assert "请重新提交" in str(office.status(accepted)["timeline"]), "and reads it there"
        # The same file is taken anew.
        again = hand_in(scanned, holder, pdf())
        assert again.state is DocumentState.CHECKING
