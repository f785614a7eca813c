"""The rows of 工信部联企业〔2011〕300号 with the sentence that shows a row to a reader."""

from __future__ import annotations

from typing import Any

_INDICATOR = {
    "employees": ("从业人员", "人"),
    "revenue": ("营业收入", "万元"),
    "assets": ("资产总额", "万元"),
}
_CLASS = {"large": "大型", "medium": "中型", "small": "小型"}


def with_row_text(table: dict[str, Any]) -> dict[str, Any]:
    """Add to each industry's row its ``text``, built from the figures."""
    source = table["source"]
    rows = {name: row for name, row in table.items() if name != "source"}
    return {name: {**row, "text": f"{source}：{_sentence(row)}"} for name, row in rows.items()}


def _sentence(row: dict[str, Any]) -> str:
    classes = []
    for size, label in _CLASS.items():
        figures = [
            f"{word}{row[name][size]:,}{unit}及以上"
            for name, (word, unit) in _INDICATOR.items()
            if name in row
        ]
        classes.append(f"{label}须{'且'.join(figures)}")
    return "；".join(classes) + "；其余为微型。"
