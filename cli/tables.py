"""Tables: aligned on a terminal, where a Chinese character is two cells wide, and in Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from wcwidth import wcswidth


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right_aligned: set[int]) -> str:
    """Columns under a ruled header."""
    head, *lines = aligned([header, *rows], right=right_aligned)
    rule = "  ".join("-" * width for width in _widths([header, *rows]))
    return "\n".join([head, rule, *lines])


def numbers(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose first column stands to the left and the others, figures, to the right."""
    return aligned(rows, right=range(1, len(rows[0])))


def aligned(rows: Sequence[Sequence[str]], *, right: Collection[int]) -> list[str]:
    """The lines of columns that line up; `right`: columns that stand to the right."""
    widths = _widths(rows)

    def cell(column: int, text: str) -> str:
        padding = " " * (widths[column] - _width(text))
        return padding + text if column in right else text + padding

    return ["  ".join(cell(*pair) for pair in enumerate(row)).rstrip() for row in rows]


def markdown(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, right: Collection[int] = ()
) -> str:
    """A table in Markdown; `right`: columns that stand to the right."""
    rules = ("---:" if column in right else "---" for column in range(len(header)))
    lines = [
        "|" + "".join(f" {_cell(head)} |" if head else " |" for head in header),
        "|" + "".join(f"{rule}|" for rule in rules),
    ]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(lines)


def _cell(content: object) -> str:
    return str(content).replace("|", "\\|").replace("\n", " ")


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]


def _width(text: str) -> int:
    return max(wcswidth(text), 0)
