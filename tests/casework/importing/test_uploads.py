"""A table that a clerk uploads: looked at, filed once when asked for, shown to nobody else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework.acts import approval
from casework.docket.second_person import SecondPersonRequired
from casework.importing import upload_rows, upload_work, uploads
from casework.importing.uploads import (
    NotToBeFiled,
    TooManyUploads,
    UploadNotFound,
    UploadRefused,
)
from casework.operations import business_time
from casework.views import proposals
from schemas.findings import Finding
from tests.support.applications import uscc
from tests.support.import_files import tenant_row, write_xlsx
from tests.support.ledgers import column, scalar
from tests.support.office import HEAD, OFFICER, YES, Office, decide
from tests.support.uploaded import CLERK, work_on_uploads
from vocabulary.cases import State
from vocabulary.identity import IdentityLevel
from vocabulary.imports import ImportPart, ImportState

WRONG = tenant_row(uscc="911101020000000000")


def add(office: Office, path: Path, actor: str = CLERK, name: str = "样例 名单.xlsx") -> int:
    return uploads.add(
        office.db,
        office.settings,
        bureau="sasac",
        actor=actor,
        name=name,
        read=io.BytesIO(path.read_bytes()).read,
        vouched=IdentityLevel.ASSURED,
        provision=None,
    )


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [tenant_row(uscc=uscc(1)), WRONG, tenant_row(uscc=uscc(2))]
    return write_xlsx(tmp_path / "t.xlsx", rows)


def test_nothing_is_filed_before_it_was_looked_at_and_asked_for(
    office: Office, table: Path
) -> None:
    number = add(office, table)
    found, look = uploads.read(office.db, CLERK, number)
    assert (found.state, look.rows) == (ImportState.CHECKING, ())
    with pytest.raises(NotToBeFiled):
        uploads.start(office.db, CLERK, number)
    work_on_uploads(office)
    found, look = uploads.read(office.db, CLERK, number)
    assert (found.state, found.fit, found.known, found.refused) == (ImportState.CHECKED, 2, 0, 1)
    assert [bool(row.why) for row in look.rows] == [False, True, False]
    assert "统一社会信用代码" in look.rows[1].why
    assert scalar(office.db, "SELECT count(*) FROM application") == 0

    uploads.start(office.db, CLERK, number)
    with pytest.raises(NotToBeFiled):
        uploads.start(office.db, CLERK, number)
    with pytest.raises(NotToBeFiled):
        uploads.discard(office.db, CLERK, number)
    work_on_uploads(office)
    found, _ = uploads.read(office.db, CLERK, number)
    assert (found.state, found.fit, found.known, found.refused) == (ImportState.DONE, 2, 0, 1)
    _, slips = uploads.receipts_of(office.db, CLERK, number)
    stored = column(office.db, "SELECT receipt FROM application ORDER BY id")
    assert [each.receipt for each in slips] == stored
    assert all(each.code for each in slips)
    assert column(office.db, "SELECT DISTINCT identity_how FROM application") == ["window"]
    cases = column(office.db, "SELECT id FROM application ORDER BY id")
    for kind in ("access.imported", "access.receipts_read"):
        named = "SELECT shown FROM event WHERE type = %(kind)s AND actor = %(actor)s"
        assert column(office.db, named, kind=kind, actor=CLERK) == [cases]
    name, rejects = uploads.open_part(office.db, CLERK, number, ImportPart.REJECTS)
    assert name == "样例 名单.rejects.xlsx"
    assert rejects.startswith(b"PK")


def test_what_a_killed_worker_had_filed_is_recognised(office: Office, table: Path) -> None:
    number = add(office, table)
    work_on_uploads(office)
    uploads.start(office.db, CLERK, number)
    work_on_uploads(office)
    first = column(office.db, "SELECT receipt FROM application ORDER BY id")
    # As if it had died before it said that it was done.
    with office.db.transaction() as conn:
        upload_rows.update(conn, number, state=ImportState.CHECKED.value)
    uploads.start(office.db, CLERK, number)
    work_on_uploads(office)
    assert column(office.db, "SELECT receipt FROM application ORDER BY id") == first
    found, _ = uploads.read(office.db, CLERK, number)
    assert (found.fit, found.known) == (0, 2)
    _, slips = uploads.receipts_of(office.db, CLERK, number)
    assert [each.receipt for each in slips] == first
    assert all(each.code for each in slips)


def test_nobody_else_is_shown_anything(office: Office, table: Path) -> None:
    number = add(office, table)
    work_on_uploads(office)
    uploads.start(office.db, CLERK, number)
    work_on_uploads(office)
    other = "sasac:test.yi"
    assert uploads.list_own(office.db, other) == []
    for ask in (
        lambda: uploads.read(office.db, other, number),
        lambda: uploads.start(office.db, other, number),
        lambda: uploads.discard(office.db, other, number),
        lambda: uploads.receipts_of(office.db, other, number),
        lambda: uploads.open_part(office.db, other, number, ImportPart.REJECTS),
        lambda: uploads.open_part(office.db, CLERK, number, ImportPart.TABLE),
    ):
        with pytest.raises(UploadNotFound):
            ask()
    # Nothing of it lies in clear.
    held = column(office.db, "SELECT content FROM import_piece")
    assert held
    assert not any("样例".encode() in bytes(each) for each in held)
    assert "样例" not in scalar(office.db, "SELECT name FROM import_upload")


def test_it_goes_when_its_days_are_over_or_its_owner_says_so(office: Office, table: Path) -> None:
    kept, gone = add(office, table), add(office, table)
    work_on_uploads(office)
    uploads.discard(office.db, CLERK, gone)
    assert [each.id for each in uploads.list_own(office.db, CLERK)] == [kept]
    business_time.advance(office.db, office.settings, timedelta(days=uploads.KEPT_DAYS, minutes=1))
    with pytest.raises(UploadNotFound):
        uploads.read(office.db, CLERK, kept)
    work_on_uploads(office)
    assert column(office.db, "SELECT upload_id FROM import_piece") == []
    assert column(office.db, "SELECT id FROM import_upload") == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.pdf", [b"x"], "请选择 Excel 工作簿"),
        ("list.ndjson", [b"x"], "请选择 Excel 工作簿"),
        ("list.csv", [], "文件是空的"),
        ("list.csv", [b"x" * 1024 * 1024] * 6, "文件超过5 MB"),
    ],
)
def test_what_is_no_table_is_refused(
    office: Office, name: str, content: Sequence[bytes], said: str
) -> None:
    pieces = iter(content)
    with pytest.raises(UploadRefused, match=said):
        uploads.add(
            office.db,
            office.settings,
            bureau="sasac",
            actor=CLERK,
            name=name,
            read=lambda _: next(pieces, b""),
            vouched=IdentityLevel.UNVERIFIED,
            provision=None,
        )


def test_what_cannot_be_read_or_is_too_long_says_so(
    office: Office, tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonsense = tmp_path / "n.xlsx"
    nonsense.write_bytes(b"PK\x03\x04 no workbook")
    numbers = [add(office, nonsense), add(office, table)]
    monkeypatch.setattr(upload_work, "MOST_ROWS", 2)
    work_on_uploads(office)
    for number in numbers:
        found, look = uploads.read(office.db, CLERK, number)
        assert found.state is ImportState.REFUSED
        assert look.said
        with pytest.raises(NotToBeFiled):
            uploads.start(office.db, CLERK, number)
    assert "超过 2 行" in look.said[0]


def test_one_person_keeps_so_many(
    office: Office, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OWN", 1)
    add(office, table)
    with pytest.raises(TooManyUploads):
        add(office, table)
    add(office, table, "sasac:test.yi")


def filed(office: Office, table: Path, actor: str = CLERK) -> int:
    """The table, filed for somebody."""
    number = add(office, table, actor)
    work_on_uploads(office)
    uploads.start(office.db, actor, number)
    work_on_uploads(office)
    return number


def test_who_filed_for_the_applicant_does_not_decide_it_alone(
    office: Office, tmp_path: Path
) -> None:
    filed(office, write_xlsx(tmp_path / "t.xlsx", [tenant_row(uscc=uscc(1))]), OFFICER.actor)
    office.assess()
    receipt = scalar(office.db, "SELECT receipt FROM application")
    case = office.case(receipt)
    met = [
        Finding(each["condition"], result=True, note="样例")
        for each in case["assessment"]["needs_finding"]
    ]
    assert decide(office, receipt, replace(YES, findings=met)).state is State.AWAITING_APPROVAL
    clerk = replace(HEAD, label=OFFICER.label)
    assert not proposals.waiting(office.db, clerk)[0].is_open
    with pytest.raises(SecondPersonRequired):
        approval.decide_proposal(
            office.db, office.settings, clerk, receipt, office.seen(receipt), approved=True, note=""
        )


def test_what_somebody_else_filed_shows_its_receipt_and_no_code(
    office: Office, table: Path
) -> None:
    _, handed = uploads.receipts_of(office.db, CLERK, filed(office, table))
    again = filed(office, table, "sasac:test.yi")
    _, shown = uploads.receipts_of(office.db, "sasac:test.yi", again)
    assert [each.receipt for each in shown] == [each.receipt for each in handed]
    assert [each.code for each in shown] == ["", ""]


def test_a_small_table_is_a_small_look(office: Office, tmp_path: Path) -> None:
    long = tenant_row(uscc=uscc(1)) | {"provision": "条" * 30_000}
    wide = tenant_row(uscc=uscc(1)) | {f"列{number}": "" for number in range(400)}
    numbers = [add(office, write_xlsx(tmp_path / "t.xlsx", [row])) for row in (long, wide)]
    work_on_uploads(office)
    [row] = uploads.read(office.db, CLERK, numbers[0])[1].rows
    assert "没有“条条" in row.why
    assert len(row.why) <= 2000
    found, look = uploads.read(office.db, CLERK, numbers[1])
    assert found.state is ImportState.REFUSED
    assert "不属于申报表" in look.said[0]
