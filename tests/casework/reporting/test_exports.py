"""Exports: whole files in bounded memory, harmless cells, one secret per file, cleared in time."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from casework.errors import NotPermitted
from casework.people.access import Principal
from casework.reporting import export_files, exports, sheets
from casework.reporting.exports import ExportNotFound, TooManyExports
from casework.reporting.scope import Scope
from casework.work.dispatch import Stage
from casework.work.run import ChunkResult
from schemas.exports import NewExport
from store import ledger
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import AUDITOR, COLLEAGUE, OFFICER, Office
from tests.support.twice import close, twice
from vocabulary.exports import ExportFormat
from vocabulary.people import Role

OWN = Scope(bureau="sasac")
HEAD_LINE = [title for title, _ in export_files.COLUMNS]


def work(office: Office) -> ChunkResult:
    due = claim_ids(office.db, office.settings, Stage.EXPORT)
    return export_files.run(office.db, office.settings, due)


def ask(
    office: Office,
    scope: Scope = OWN,
    who: Principal = OFFICER,
    kind: ExportFormat = ExportFormat.CSV,
) -> NewExport:
    office.employ(who)
    return exports.request(office.db, office.settings, who, scope, kind)


def secret(asked: NewExport) -> str:
    return asked.download_url.rpartition("/")[2]


def fetch(office: Office, secret: str) -> bytes:
    found = exports.open_download(office.db, office.settings, secret)
    content = b"".join(found.pieces)
    assert len(content) == found.size
    return content


def lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_csv_holds_every_case_of_the_bureau_and_nobody_elses(office: Office) -> None:
    receipts = [office.submit().receipt for _ in range(3)]
    asked = ask(office)
    assert exports.read(office.db, OFFICER, asked.id).state == "pending"
    with pytest.raises(ExportNotFound):
        fetch(office, secret(asked))
    assert work(office).done == 1
    head, *rows = lines(fetch(office, secret(asked)))
    assert head == HEAD_LINE
    assert [row[0] for row in rows] == receipts
    assert dict(zip(head, rows[0], strict=True)) | {"受理时间": "", "走访日期": ""} == {
        "受理编号": receipts[0],
        "受理时间": "",
        "措施": "一",
        "条款": rows[0][3],
        "申报单位": "测试餐饮有限公司",
        "统一社会信用代码": rows[0][5],
        "身份核实": "已实名认证",
        "状态": "待认定",
        "核对结果": rows[0][8],
        "还要认定": "1.2、1.3、1.4、1.5",
        "计算金额（元）": "60000.00",
        "认定金额（元）": "",
        "准予金额（元）": "",
        "决定时间": "",
        "牵头单位": "区国资委",
        "走访日期": "",
        "走访状态": rows[0][16],
        "最近的期限": rows[0][17],
        "期限事项": "签收",
        "经办人": "",
    }
    told = exports.read(office.db, OFFICER, asked.id)
    assert (told.state, told.rows, told.bytes) == (
        "ready",
        3,
        len(fetch(office, secret(asked))),
    )
    other = ask(office, Scope(bureau="education"), Principal("education", Role.OFFICER, "测试己"))
    everything = ask(office, Scope(provision="m01_tenant"), AUDITOR)
    work(office)
    assert len(lines(fetch(office, secret(other)))) == 1
    assert len(lines(fetch(office, secret(everything)))) == 4


def test_filters_go_with_the_request(office: Office) -> None:
    office.submit()
    denied = office.submit(registered_in="chaoyang")
    scope = replace(OWN, outcome="ineligible", received_from=office.today())
    asked = ask(office, scope)
    work(office)
    assert [row[0] for row in lines(fetch(office, secret(asked)))[1:]] == [denied.receipt]
    late = ask(office, replace(OWN, received_from=office.in_days(1)))
    work(office)
    assert lines(fetch(office, secret(late))) == [HEAD_LINE]
    # Of two for the same the one that is closed says so, and is neither decided nor due.
    earlier, later = twice(office)
    close(office, later.receipt, earlier.receipt)
    closed = ask(office, replace(OWN, state="duplicate"))
    work(office)
    head, *rows = lines(fetch(office, secret(closed)))
    [row] = [dict(zip(head, each, strict=True)) for each in rows]
    assert row["受理编号"] == later.receipt
    assert [row[name] for name in ("状态", "准予金额（元）", "决定时间", "最近的期限")] == [
        "重复申报，已了结", "", "", ""
    ]  # fmt: skip


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers(office: Office) -> None:
    accepted = office.submit()
    asked = ask(office, kind=ExportFormat.XLSX)
    work(office)
    book = openpyxl.load_workbook(io.BytesIO(fetch(office, secret(asked))))
    head, row = list(book.worksheets[0].iter_rows())
    assert [cell.value for cell in head] == HEAD_LINE
    told = dict(zip(HEAD_LINE, row, strict=True))
    assert told["受理编号"].value == accepted.receipt
    assert told["计算金额（元）"].value == 60000
    assert isinstance(told["受理时间"].value, datetime)
    assert told["受理时间"].value.date() == office.today()
    assert {told[each].data_type for each in ("受理编号", "统一社会信用代码")} == {"s"}
    assert told["计算金额（元）"].data_type == "n"


EVIL = ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", " =1", "＝1+1", "＠x", '=HYPERLINK("x")', "\r=1"]
EVIL += ["\u200b=1+1", "\u2060=1+1", "\ufeff =1+1"]
COLUMNS = [("文", sheets.Kind.TEXT), ("额", sheets.Kind.YUAN), ("日", sheets.Kind.DAY)]


def test_no_cell_of_a_csv_is_run_as_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = [(text, Decimal("-1.50"), None) for text in [*EVIL, '测试"引号",甲', "第一行\n第二行"]]
    assert sheets.write_csv(path, COLUMNS, rows) == len(rows)
    shown = [row[0] for row in lines(path.read_bytes())[1:]]
    assert shown == [f"'{text}" for text in EVIL] + ['测试"引号",甲', "第一行\n第二行"]
    assert lines(path.read_bytes())[1][1] == "-1.50"


@pytest.mark.parametrize("code", ["911101020000000000", "62220000E0001", "0066112569"])
def test_no_code_of_a_csv_is_opened_as_a_number(tmp_path: Path, code: str) -> None:
    path = tmp_path / "x.csv"
    sheets.write_csv(path, COLUMNS, [(code, Decimal("-1.50"), None), ("204", None, None)])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in lines(path.read_bytes())[1:]] == [f"'{code}", "204"]


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    texts = [text for text in EVIL if not set(text) & set("\r\t")]
    sheets.write_xlsx(path, COLUMNS, [(text, None, date(2020, 5, 11)) for text in texts])
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2))
    assert [row[0].value for row in rows] == texts
    assert {row[0].data_type for row in rows} == {"s"}
    assert rows[0][2].value == datetime(2020, 5, 11)  # noqa: DTZ001 -- a workbook has no zones
    with zipfile.ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_what_does_not_fit_on_a_sheet_goes_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "SHEET_ROWS", 2)
    path = tmp_path / "x.xlsx"
    rows = [(str(number), Decimal(number), None) for number in range(5)]
    assert sheets.write_xlsx(path, COLUMNS, rows) == 5
    book = openpyxl.load_workbook(path)
    found = [[row[0].value for row in sheet.iter_rows(min_row=2)] for sheet in book]
    assert found == [["0", "1"], ["2", "3"], ["4"]]
    assert [sheet["A1"].value for sheet in book] == ["文"] * 3


@pytest.mark.parametrize("write", [sheets.write_csv, sheets.write_xlsx])
def test_memory_does_not_grow_with_the_number_of_rows(
    tmp_path: Path, write: Callable[..., int]
) -> None:
    """Twenty thousand rows of 2 kB are 40 MB; at no moment may a tenth of it be held."""
    row = ("测" * 650, Decimal("1.00"), date(2020, 5, 11))
    write(tmp_path / "warm", COLUMNS, [row] * 10)
    tracemalloc.start()
    try:
        rows = (row for _ in range(20_000))
        assert write(tmp_path / "x", COLUMNS, rows) == 20_000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4_000_000


def test_a_large_export_is_stored_in_pieces_of_bounded_size(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "PIECE_BYTES", 300)
    monkeypatch.setattr(export_files, "FETCHED_ROWS", 2)
    for _ in range(7):
        office.submit()
    asked = ask(office)
    work(office)
    sizes = column(office.db, "SELECT length(content) FROM export_chunk ORDER BY export_id, serial")
    assert len(sizes) > 3
    assert set(sizes[:-1]) == {300}
    assert len(lines(fetch(office, secret(asked)))) == 8


def test_a_secret_opens_one_file_until_it_expires_and_then_it_is_gone(
    office: Office, travel: Callable[[int], None]
) -> None:
    office.submit()
    first, second = ask(office), ask(office, replace(OWN, state="withdrawn"))
    work(office)
    assert fetch(office, secret(first)) != fetch(office, secret(second))
    for unknown in ("", secret(first) + "x", secret(first).swapcase()):
        with pytest.raises(ExportNotFound):
            fetch(office, unknown)
    stored = column(office.db, "SELECT x::text FROM export AS x")
    assert not any(secret(first) in row for row in stored)
    assert work(office).done == 0
    travel(office.settings.export_hours * 3600 + 1)
    with pytest.raises(ExportNotFound):
        fetch(office, secret(first))
    assert exports.read(office.db, OFFICER, first.id).state == "expired"
    assert work(office).done == 2
    assert scalar(office.db, "SELECT count(*) FROM export_chunk") == 0
    assert exports.read(office.db, OFFICER, first.id).state == "expired"
    types = column(office.db, "SELECT type FROM event WHERE type LIKE '%%export%%' ORDER BY id")
    assert types == [
        *["access.export_requested"] * 2,
        *["export.ready", "access.exported", "export.ready"],
        *["access.export_downloaded"] * 2,
        *["export.expired"] * 2,
    ]


def test_an_export_is_its_askers_own(office: Office) -> None:
    asked = ask(office)
    with pytest.raises(ExportNotFound):
        exports.read(office.db, COLLEAGUE, asked.id)
    with pytest.raises(NotPermitted):
        ask(office, who=Principal("sasac", Role.ADMIN, "测试管理"))


def test_nobody_has_more_than_a_few_under_way(office: Office) -> None:
    for _ in range(exports.MOST_PENDING):
        ask(office)
    with pytest.raises(TooManyExports):
        ask(office)
    ask(office, who=COLLEAGUE)
    work(office)
    ask(office)


def test_made_twice_is_made_once_and_what_fails_says_so(office: Office) -> None:
    office.submit()
    asked = ask(office)
    (item,) = claim_ids(office.db, office.settings, Stage.EXPORT)
    with office.db.transaction() as conn:
        ledger.add(conn, Stage.EXPORT, [(asked.id, None), (999, None)])
    export_files.run(office.db, office.settings, [item])
    report = export_files.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.EXPORT)
    )
    assert (report.done, [failure.dead for failure in report.failures]) == (1, [True])
    assert len(lines(fetch(office, secret(asked)))) == 2
    broken = ask(office)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE work_item SET dead_at = app_now() WHERE subject_id = %(id)s",
            {"id": broken.id},
        )
    assert exports.read(office.db, OFFICER, broken.id).state == "failed"
