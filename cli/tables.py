"""Tables on a terminal, where a Chinese character is two cells wide."""

from __future__ import annotations

from collections.abc import Sequence

from wcwidth import wcswidth


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right_aligned: set[int]) -> str:
    """Lay out columns that line up although a Chinese character is two cells wide."""
    lines = [header, *rows]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(header))]

    def cell(column: int, text: str) -> str:
        padding = " " * (widths[column] - _width(text))
        return padding + text if column in right_aligned else text + padding

    laid_out = ["  ".join(cell(*pair) for pair in enumerate(line)).rstrip() for line in lines]
    return "\n".join([laid_out[0], "  ".join("-" * width for width in widths), *laid_out[1:]])


def _width(text: str) -> int:
    return max(wcswidth(text), 0)
