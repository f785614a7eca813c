"""The samples' table."""

from __future__ import annotations

from wcwidth import wcswidth

from cli.demo.samples import load_samples
from cli.tables import table
from rules import PROVISIONS


def test_columns_line_up_for_chinese_text() -> None:
    shown = table(
        ("编号", "结果", "金额（元）"),
        [("A1", "符合条件", "60000.00"), ("编号二", "OK", "—")],
        right_aligned={2},
    )
    header, rule, *rows = shown.split("\n")
    widths = {wcswidth(line) for line in (rule, *rows)}
    assert widths == {wcswidth(rule)}
    for line in (header, *rows):
        cells = [index for index, sign in enumerate(rule) if sign == " "]
        assert len(cells) == 4, "two spaces between three columns"
        # Where the rule has its gaps, measured in terminal cells, every line has blanks.
        spread = "".join(sign + "\0" * (wcswidth(sign) - 1) for sign in line)
        assert {spread[cell] for cell in cells if cell < len(spread)} == {" "}


def test_the_samples_cover_every_provision() -> None:
    samples = load_samples()
    assert {sample.application["provision"] for sample in samples} == set(PROVISIONS)
    assert len({sample.title for sample in samples}) == len(samples)
