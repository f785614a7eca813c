"""A sheet as a picture: SVG, so that it is small, sharp and made by a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from casework.tables.values import letters

_HEIGHT, _MARGIN, _GUTTER = 30, 12, 34
_NOTE_HEIGHT = 24
_HEAD, _WRONG, _GRID, _INK, _RED = "#ddebf7", "#ffc7ce", "#b4b4b4", "#222222", "#9c0006"
_FONT = "font-family=\"'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif\""


def width(text: str) -> int:
    """About how many pixels a text takes at 13 px."""
    return sum(14 if ord(one) > 0x2E7F else 8 for one in text)


def drawn(
    title: str, rows: Sequence[Sequence[str]], notes: Mapping[str, str], *, first_row: int = 1
) -> str:
    """A picture of a sheet: its first row are headings; `notes`: by the name of a cell (`B2`) what
    is wrong with it, marked in the sheet and explained below."""
    columns = max(len(row) for row in rows)
    widths = [
        max(70, *(width(row[place]) + 20 for row in rows if place < len(row)))
        for place in range(columns)
    ]
    total = _GUTTER + sum(widths) + 2 * _MARGIN
    total = (
        max(total, *(width(f"{cell}  {note}") + 60 for cell, note in notes.items()), 0)
        if notes
        else total
    )
    top = 44
    height = top + _HEIGHT * (len(rows) + 1) + _NOTE_HEIGHT * len(notes) + 2 * _MARGIN
    marks = list(notes)
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{total}" height="{height}" fill="#ffffff"/>',
        _text(_MARGIN, 28, title, size=16, weight="bold"),
    ]
    x = _MARGIN + _GUTTER
    for place, wide in enumerate(widths):
        made.append(_box(x, top, wide, "#f2f2f2"))
        made.append(_text(x + wide // 2, top + 20, letters(place), anchor="middle"))
        x += wide
    for number, row in enumerate(rows):
        y = top + _HEIGHT * (number + 1)
        made.append(_box(_MARGIN, y, _GUTTER, "#f2f2f2"))
        made.append(_text(_MARGIN + 16, y + 20, str(first_row + number), anchor="middle"))
        x = _MARGIN + _GUTTER
        for place, wide in enumerate(widths):
            cell = f"{letters(place)}{first_row + number}"
            wrong = cell in notes
            fill = _HEAD if number == 0 else _WRONG if wrong else "#ffffff"
            made.append(_box(x, y, wide, fill))
            text = row[place] if place < len(row) else ""
            weight = "bold" if number == 0 else "normal"
            made.append(_text(x + 6, y + 20, text, weight=weight))
            if wrong:
                made.append(
                    _text(
                        x + wide - 6, y + 13, _mark(marks, cell), size=11, anchor="end", fill=_RED
                    )
                )
            x += wide
    y = top + _HEIGHT * (len(rows) + 1) + 22
    for cell, note in notes.items():
        made.append(_text(_MARGIN, y, f"{_mark(marks, cell)} {cell}：{note}", fill=_RED))
        y += _NOTE_HEIGHT
    return "\n".join([*made, "</svg>", ""])


def _mark(marks: Sequence[str], cell: str) -> str:
    return chr(ord("①") + marks.index(cell))


def _box(x: int, y: int, wide: int, fill: str) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{wide}" height="{_HEIGHT}" fill="{fill}" stroke="{_GRID}"/>'
    )


def _text(
    x: int,
    y: int,
    text: str,
    *,
    size: int = 13,
    weight: str = "normal",
    anchor: str = "start",
    fill: str = _INK,
) -> str:
    return (
        f'<text x="{x}" y="{y}" {_FONT} font-size="{size}" font-weight="{weight}"'
        f' text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
    )
