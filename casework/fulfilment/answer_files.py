"""The bank's answer as a table: CSV in UTF-8 or GB 18030, a line for each payment.

    编号 · 金额（元） · 结果（成功 / 失败） · 日期（2020-06-01） · 原因 · 说明

原因 is one of our words where it can be; whatever else the bank writes is kept beside 其他原因.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from casework.fulfilment.bank_answers import AnswerRefused, BankLine
from vocabulary.fulfilment import LineState, ReturnReason

_NEEDED: Final = ("编号", "金额（元）", "结果", "日期")
_MORE: Final = ("原因", "说明")
_RESULTS: Final = {each.label: each for each in (LineState.PAID, LineState.RETURNED)}
_REASONS: Final = {each.label: each for each in ReturnReason}
_LONGEST_NOTE: Final = 200
MOST_BYTES: Final = 1_000_000


def read(content: bytes) -> list[BankLine]:
    """The lines in their order. Raises AnswerRefused for the first that cannot be read."""
    if len(content) > MOST_BYTES:
        raise AnswerRefused(1, "文件", "文件过大，不是一个批次的答复")
    try:
        rows = list(csv.reader(io.StringIO(_text(content), newline="")))
    except csv.Error:  # a cell longer than any is
        raise AnswerRefused(1, "文件", "不是付款答复的表") from None
    titles = [title.strip() for title in rows[0]] if rows else []
    if missing := [title for title in _NEEDED if title not in titles]:
        raise AnswerRefused(1, "标题行", f"缺少{'、'.join(missing)}")
    if odd := [title for title in titles if title and title not in (*_NEEDED, *_MORE)]:
        raise AnswerRefused(1, "标题行", f"没有这一列：{'、'.join(odd)}")
    if any(title and titles.count(title) > 1 for title in titles):
        raise AnswerRefused(1, "标题行", "同一列出现两次")
    filled = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    if not filled:
        raise AnswerRefused(1, "文件", "没有内容")
    return [_line(place, titles, row) for place, row in enumerate(filled, 1)]


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AnswerRefused(1, "文件", "不是 UTF-8 或 GB 18030 编码的文本")


def _line(place: int, titles: Sequence[str], row: Sequence[str]) -> BankLine:
    cells = {title: cell.strip() for title, cell in zip(titles, row, strict=False)}
    number = cells.get("编号", "")
    result = _RESULTS.get(cells.get("结果", ""))
    if result is None:
        raise AnswerRefused(place, number, "结果只能是「成功」或「失败」")
    try:
        on = date.fromisoformat(cells.get("日期", ""))
        amount = Decimal(cells.get("金额（元）", "").replace(",", ""))
    except (ValueError, InvalidOperation):
        raise AnswerRefused(place, number, "金额或日期写错") from None
    if not amount.is_finite():
        raise AnswerRefused(place, number, "金额写错")
    if result is LineState.PAID:
        return BankLine(number, amount, on)
    return _returned(number, amount, on, cells)


def _returned(number: str, amount: Decimal, on: date, cells: Mapping[str, str]) -> BankLine:
    said, note = cells.get("原因", ""), cells.get("说明", "")
    reason = _REASONS.get(said, ReturnReason.OTHER)
    words = note if said in _REASONS else "；".join(each for each in (said, note) if each)
    return BankLine(number, amount, on, reason, words[:_LONGEST_NOTE] or None)
