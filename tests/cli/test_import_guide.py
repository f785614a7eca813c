"""The clerk's guide: its pictures are of sheets that are read so. To draw them anew:
`python -m tests.cli.test_import_guide`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from casework.importing.reading import Table
from cli.options import without_servers
from tests.support.applications import uscc
from tests.support.books import Given, Raw, write_book
from tests.support.sheet_picture import drawn

DOCS = Path(__file__).resolve().parents[2] / "docs"
HEADINGS: Final = (
    "条款代码", "名称", "统一社会信用代码", "主体类型", "所属行业", "从业人员（人）",
    "联系人·联系人姓名", "联系人·联系电话", "承租的房产1·合同编号",
    "承租的房产1·租期开始日", "承租的房产1·租金（元）",
)  # fmt: skip
GOOD: Final[tuple[tuple[Given, ...], ...]] = (
    ("m01_tenant", "样例面馆（虚构）", uscc(1), "企业", "餐饮业", "12",
     "样例甲", "13800000000", "2019-1-12", "2019-01-01", "30000.00"),
    ("m01_tenant", "样例书店（虚构）", uscc(2), "个体工商户", "零售业", "3人",
     "样例乙", "010-66112569转802", "0012", "2019年3月1日", "1万元"),
)  # fmt: skip
# What the clerk sees in each wrong cell, and what is in the file.
BAD: Final[tuple[tuple[tuple[str, Given], ...], ...]] = (
    (("m01_tenant",) * 2, ("样例饭店（虚构）",) * 2, ("9.11101E+17", Raw("911101027433504000")),
     ("企业",) * 2, ("吃饭的",) * 2, ("12",) * 2, ("样例丙",) * 2, ("1380000000",) * 2,
     ("2019/1/12", Raw("43477", shown="yyyy/m/d")), ("2019/1/1", Raw("43466", shown="yyyy/m/d")),
     ("3万元", Raw("3", shown='0"万元"'))),
    (("m01_tenant",) * 2, ("#REF!", Raw("#REF!", "e")), (uscc(2),) * 2,
     ("企业",) * 2, ("零售业",) * 2, ("12",) * 2, ("样例丁",) * 2, ("13800000000",) * 2,
     ("A-7",) * 2, ("43466",) * 2, ("三万",) * 2),
)  # fmt: skip


def _reasons(folder: Path, rows: tuple[tuple[Given, ...], ...]) -> dict[str, str]:
    """By the cell's name why the import refuses it."""
    path = write_book(folder / "sheet.xlsx", [HEADINGS, *rows])
    found: dict[str, str] = {}
    for row in Table(path, without_servers()).rows():
        for reason in row.reasons:
            label, _, rest = reason.rpartition("（" + _cell_in(reason) + "）：")
            assert label in HEADINGS, reason
            found[_cell_in(reason)] = rest
    return dict(sorted(found.items(), key=lambda one: (one[0][1:], one[0])))


def _cell_in(reason: str) -> str:
    before = reason.partition("）：")[0]
    return before.rpartition("（")[2]


def _pictures() -> dict[Path, str]:
    shown = [[seen for seen, _ in row] for row in BAD]
    held = tuple(tuple(cell for _, cell in row) for row in BAD)
    with tempfile.TemporaryDirectory() as folder:
        good = _reasons(Path(folder), GOOD)
        bad = _reasons(Path(folder), held)
    assert good == {}
    texts = [[str(cell) for cell in row] for row in GOOD]
    return {
        DOCS / "pictures" / "import-good.svg": drawn("填对的表", [HEADINGS, *texts], {}),
        DOCS / "pictures" / "import-bad.svg": drawn("会被退回的表", [HEADINGS, *shown], bad),
    }


def test_the_guide_shows_sheets_as_they_are_read() -> None:
    guide = (DOCS / "import.md").read_text("utf-8")
    for path, picture in _pictures().items():
        assert f"pictures/{path.name}" in guide
        assert path.read_text("utf-8") == picture


if __name__ == "__main__":
    for path, picture in _pictures().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, "utf-8")
