"""An import loses nothing: lists that grow, runs that break off, runs at once, full disks."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from casework.importing import places
from store.db import Database
from tests.support.applications import uscc
from tests.support.books import Page, Raw, write_book
from tests.support.import_files import Run, read_csv, tenant_row, write_csv, write_xlsx
from tests.support.ledgers import column, scalar
from tests.support.waiting import PATIENCE_SECONDS

COUNT = "SELECT count(*) FROM application"
RECEIPTS = "SELECT receipt FROM application"


def _named(number: int) -> dict[str, Any]:
    return tenant_row(uscc=uscc(500_000 + number), lease_no=f"名单-{number}")


def _start(path: Path, environment: Mapping[str, str], limit: int = 0) -> subprocess.Popen[str]:
    """The command in a process of its own; `limit`: bytes that a file of its may have."""
    command = [sys.executable, "-m", "cli.main", "import", "--var", str(path.parent / "var")]
    if limit:
        block = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
        program = f"{block}; import sys; from cli.main import main; main(sys.argv[1:])"
        command = [sys.executable, "-c", program, *command[3:]]
    return subprocess.Popen(
        [*command, str(path)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, **environment},
    )  # fmt: skip


def test_a_list_that_grew_was_saved_anew_or_renamed_is_the_same_rows(
    run: Run, tmp_path: Path, database: Database
) -> None:
    rows = [_named(number) for number in range(4)]
    path = write_csv(tmp_path / "名单.csv", rows[:3])
    assert run(path).exit_code == 0
    first = (tmp_path / "名单.receipts.csv").read_bytes()
    write_csv(path, [rows[3], *rows[:3]])
    grown = run(path)
    assert "受理 4 行（其中 3 行以前已受理，没有重复受理），退回 0 行。" in grown.output
    # In another order, in another kind of file, with dates as Excel has them and a column more.
    moved = [{"备注": f"第{number}", **row} for number, row in enumerate(rows)]
    moved[0]["facts.leases.1.starts_on"] = Raw("43466", shown="yyyy/m/d")
    again = run(write_xlsx(tmp_path / "名单.xlsx", moved))
    assert "受理 4 行（其中 4 行" in again.output, again.output
    assert "没有导入的列（不属于申报表）：备注" in again.output
    assert scalar(database, COUNT) == 4
    assert (tmp_path / "名单.receipts.csv").read_bytes() == first
    shown = read_csv(tmp_path / "名单.receipts.3.csv")
    assert {row["受理编号"] for row in shown} == set(column(database, RECEIPTS))
    assert shown[0]["名称"] == "测试餐饮有限公司"
    assert shown[0]["统一社会信用代码"] == uscc(500_000)
    asked = run("--again", path)
    assert "受理 4 行（其中 0 行" in asked.output
    assert scalar(database, COUNT) == 8


def test_a_row_that_stands_twice_in_a_file_is_filed_once(
    run: Run, tmp_path: Path, database: Database
) -> None:
    row = _named(7)
    result = run(write_csv(tmp_path / "in.csv", [row, _named(8), row]))
    assert "受理 3 行（其中 1 行以前已受理" in result.output
    told = read_csv(tmp_path / "in.receipts.csv")
    assert told[0]["受理编号"] == told[2]["受理编号"]
    assert scalar(database, COUNT) == 2


def test_every_row_that_is_not_blank_ends_somewhere(
    run: Run, tmp_path: Path, database: Database
) -> None:
    rows = [{"enterprise.name": row.pop("enterprise.name"), **row} for row in map(_named, range(5))]
    rows[1]["enterprise.name"] = "#1咖啡馆（测试）"
    rows[2]["enterprise.name"] = "#N/A"
    rows[3] = dict.fromkeys(rows[3], "")
    rows[4]["enterprise.name"] = "#"
    result = run(write_csv(tmp_path / "in.csv", rows))
    assert "受理 3 行" in result.output
    assert "退回 1 行" in result.output
    assert "#1咖啡馆（测试）" in column(database, "SELECT name FROM application")
    first = {**_named(9), "provision": Raw("#N/A", "e")}
    book = run(write_xlsx(tmp_path / "book.xlsx", [_named(10), first, _named(11)]))
    assert "受理 2 行" in book.output
    assert "退回 1 行" in book.output
    named = Raw("#REF!", "e")
    wrong = run(write_xlsx(tmp_path / "ref.xlsx", [{**_named(12), "enterprise.name": named}]))
    assert "受理 0 行" in wrong.output
    sheet = openpyxl.load_workbook(tmp_path / "ref.rejects.xlsx").worksheets[0]
    assert str(sheet["A2"].value).startswith("名称（")


def test_a_wrong_quotation_mark_late_in_a_file_costs_one_row(
    run: Run, tmp_path: Path, database: Database
) -> None:
    path = write_csv(tmp_path / "in.csv", [_named(number) for number in range(400)])
    lines = path.read_text("utf-8-sig").splitlines()
    lines[300] = lines[300].replace("测试餐饮有限公司", '"好再来"面馆')
    path.write_text("\n".join(lines), "utf-8")
    result = run(path)
    assert "受理 399 行" in result.output
    assert "退回 1 行" in result.output
    assert len(read_csv(tmp_path / "in.receipts.csv")) == 399
    rejects = tmp_path / "in.rejects.csv"
    assert run(rejects).exit_code == 1, "not until it is corrected"
    mended = read_csv(rejects)
    assert mended[0]["enterprise.name"] == '#待重填："好再来"面馆'
    mended[0]["enterprise.name"] = "“好再来”面馆"
    assert run(write_csv(rejects, mended)).exit_code == 0
    assert scalar(database, COUNT) == 400


def test_what_stands_in_a_file_that_breaks_off_is_known(
    run: Run, tmp_path: Path, database: Database
) -> None:
    path = write_xlsx(tmp_path / "in.xlsx", [_named(number) for number in range(600)])
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as archive:
        content = archive.read(part)
    cut = content[: content.index(b'<row r="302"')]
    # The one lacks its end, the other has it and breaks in the middle.
    write_book(path, [["x"]], changed={part: cut})
    ended = run(path)
    assert ended.exit_code == 1
    assert "第 301 行就断了" in ended.output
    assert "受理 0 行，退回 0 行" in ended.output
    write_book(path, [["x"]], changed={part: cut + b"<row></wrong></sheetData></worksheet>"})
    broken = run(path)
    assert broken.exit_code == 1
    assert "导入没有完成" in broken.output
    assert "读到第 301 行，受理 300 行" in broken.output
    assert len(read_csv(tmp_path / "in.receipts.csv")) == 300 == scalar(database, COUNT)


def test_no_file_is_written_over(run: Run, tmp_path: Path) -> None:
    bad = _named(1) | {"facts.leases.1.rent": "三万"}
    path = write_csv(tmp_path / "申报.csv", [_named(0), bad])
    assert run(path).exit_code == 1
    receipts = (tmp_path / "申报.receipts.csv").read_bytes()
    rejects = tmp_path / "申报.rejects.csv"
    corrected = rejects.read_text("utf-8-sig").replace("三万", "30000")
    rejects.write_text(corrected, "utf-8")
    assert run(path).exit_code == 1
    assert run(write_xlsx(tmp_path / "申报.xlsx", [_named(2), bad])).exit_code == 1
    assert rejects.read_text("utf-8") == corrected
    assert (tmp_path / "申报.receipts.csv").read_bytes() == receipts
    names = {one.name for one in tmp_path.iterdir() if one.is_file()}
    assert names == {
        "申报.csv", "申报.xlsx", "申报.receipts.csv", "申报.receipts.2.csv", "申报.receipts.3.csv",
        "申报.rejects.csv", "申报.rejects.2.csv", "申报.rejects.xlsx",
    }  # fmt: skip
    assert run(rejects).exit_code == 0
    assert (tmp_path / "申报.receipts.4.csv").exists()
    for name in names - {"申报.csv", "申报.xlsx", "申报.rejects.csv"}:
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


def test_two_runs_of_one_file_are_told_apart_and_of_a_copy_share_the_rows(
    tmp_path: Path, environment: Mapping[str, str], database: Database, run: Run
) -> None:
    path = write_csv(tmp_path / "in.csv", [_named(number) for number in range(1500)])
    copy = tmp_path / "另存.csv"
    shutil.copy(path, copy)
    with places.locked(path):
        refused = run(path)
        assert refused.exit_code == 1
        assert "另一个导入正在处理这个文件" in refused.output
    first, second = _start(path, environment), _start(copy, environment)
    said = [process.communicate(timeout=PATIENCE_SECONDS)[0] for process in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert all("受理 1500 行" in one and "退回 0 行" in one for one in said), said
    assert scalar(database, COUNT) == 1500
    told = [row for name in ("in", "另存") for row in read_csv(tmp_path / f"{name}.receipts.csv")]
    assert len(told) == 3000
    codes = {row["受理编号"] for row in told if row["查询码"]}
    assert codes == set(column(database, RECEIPTS)), "each code is shown at least once"


def test_a_run_that_is_told_to_stop_writes_down_what_it_filed(
    tmp_path: Path, environment: Mapping[str, str], database: Database, run: Run
) -> None:
    path = write_csv(tmp_path / "in.csv", [_named(number) for number in range(4000)])
    process = _start(path, environment)
    part = places.part(path, places.RECEIPTS, ".csv")
    while not (part.exists() and part.read_bytes().count(b"\n") > 100):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 3, said
    assert "导入没有完成：导入被中止。读到第 " in said
    filed = scalar(database, COUNT)
    assert 0 < filed < 4000
    assert len(read_csv(tmp_path / "in.receipts.csv")) == filed
    assert "Traceback" not in said
    assert f"其中 {filed} 行以前已受理" in run(path).output
    assert scalar(database, COUNT) == 4000


def test_a_run_that_was_killed_leaves_its_receipts(
    tmp_path: Path, environment: Mapping[str, str], database: Database, run: Run
) -> None:
    path = write_csv(tmp_path / "in.csv", [_named(number) for number in range(4000)])
    process = _start(path, environment)
    part = places.part(path, places.RECEIPTS, ".csv")
    while not (part.exists() and part.read_bytes().count(b"\n") > 100):
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=PATIENCE_SECONDS)
    result = run(path)
    assert "上一次中断的导入留下的回执：in.receipts.csv" in result.output
    left, rest = (read_csv(tmp_path / f"in.receipts{one}.csv") for one in ("", ".2"))
    assert all(row["查询码"] for row in left)
    assert {row["受理编号"] for row in left} <= {row["受理编号"] for row in rest}
    assert len(rest) == 4000 == scalar(database, COUNT)


def test_a_full_disk_ends_in_a_sentence_and_nothing_is_filed_that_cannot_be_written_down(
    tmp_path: Path, environment: Mapping[str, str], database: Database
) -> None:
    path = write_csv(tmp_path / "in.csv", [_named(number) for number in range(3000)])
    process = _start(path, environment, limit=320 * 1024)
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 3, said
    assert "写不下回执或退回的行" in said
    assert "Traceback" not in said
    filed = scalar(database, COUNT)
    assert 0 < filed < 3000
    assert len(read_csv(tmp_path / "in.receipts.csv")) == filed
    shutil.rmtree(tmp_path / "var", ignore_errors=True)


def test_sheets_that_are_left_out_are_named(run: Run, tmp_path: Path, database: Database) -> None:
    rows = [_named(number) for number in range(4)]
    head = list(rows[0])
    pages = [
        Page("字典", [["西城区"], ["东城区"]], is_hidden=True),
        Page("空", []),
        Page("广内街道", [["2020年汇总表"], [], head, *(list(row.values()) for row in rows[:2])]),
        Page("广外街道", [head, *(list(row.values()) for row in rows[2:])]),
    ]
    whole = run(write_book(tmp_path / "whole.xlsx", *pages))
    assert whole.exit_code == 0, whole.output
    assert scalar(database, COUNT) == 4
    assert [row["行号"] for row in read_csv(tmp_path / "whole.receipts.csv")] == [
        "广内街道!4", "广内街道!5", "广外街道!2", "广外街道!3",
    ]  # fmt: skip
    more = [*pages, Page("随笔", [["电话", "找谁"]]), Page("旧名单", pages[3].rows, is_hidden=True)]
    partly = run(write_book(tmp_path / "partly.xlsx", *more))
    assert partly.exit_code == 1
    assert "没有导入的工作表（找不到列名）：随笔" in partly.output
    assert "没有导入的工作表（已隐藏）：旧名单" in partly.output


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel（.xls）"),
        ("a.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "WPS 表格（.et）"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "设有密码的工作簿"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel（.xls）"),
        ("a.ods", b"PK\x03\x04", "OpenDocument"),
        ("a.pdf", b"%PDF", "只能导入"),
        ("a.ndjson", b"\xff\xfe{\x00", "UTF-16"),
        ("a.xlsx", b"", "不是可读的"),
        ("a.csv", b"", "找不到列名"),
    ],
)
def test_other_files_are_refused_in_a_sentence(
    run: Run, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    result = run(path)
    assert result.exit_code == 1
    assert said in result.output
    assert "受理 0 行，退回 0 行" in result.output
