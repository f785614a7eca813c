"""In which encoding a text file is written: decided by the whole file, never line by line.

Two bytes of GB18030 can be read as UTF-8 and the other way round, so a file that is mostly the one
with a line of the other is refused with that line's number instead of being guessed at.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from casework.tables.values import TableError

LONGEST_LINE: Final = 64 * 1024 * 1024
_CHUNK: Final = 1024 * 1024
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD: Final = 4096
_RATHER: Final = 4
_FEW_ASCII: Final = 40
"""One byte of so many at least is a zero: of a table of Chinese, the commas alone are more."""
_THREE_BYTES: Final = 0xE0
"""From here on a byte begins a character of three or four bytes of UTF-8, as Chinese has."""


_PAIRS: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_ASCII: Final = 0x80
_BIG5_COMMON: Final = (0xA4, 0xC6)
_RATHER_BIG5: Final = 5
"""One pair of so many at least ends low: two of five do in Big5, hardly one of a hundred in GB."""


class _Lines(NamedTuple):
    """Numbers of the first lines that are not ASCII: that are UTF-8, that are only GB18030, and
    that are neither; and how many there are of the first two."""

    utf8: int
    gb: int
    neither: int
    utf8_count: int
    gb_count: int


def encoding_of(path: Path) -> str:
    """Python's name of the encoding: UTF-8 or UTF-16 with or without a mark, or GB18030, which is
    what Excel writes in China. Reads the file. Raises TableError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(codecs.BOM_UTF32_LE):
        raise TableError("文件是 UTF-32 编码，请另存为 UTF-8")
    if head.startswith(_UTF16):
        if not _decodes(path, "utf-16"):
            raise TableError("文件以 UTF-16 的标记开头，内容却不是 UTF-16，请另存为 UTF-8")
        return "utf-16"
    if (unmarked := _unmarked_utf16(head)) and _decodes(path, unmarked):
        return unmarked
    if _decodes(path, "utf-8-sig"):
        return "utf-8-sig"
    lines = _sorted(path)
    if head.startswith(codecs.BOM_UTF8):
        wrong = min(one for one in (lines.gb, lines.neither) if one)
        raise TableError(
            f"文件标明是 UTF-8，但第 {wrong} 行不是。请把这一行的文字重新输入，整个文件另存为 UTF-8"
        )
    if lines.neither:
        raise TableError(f"第 {lines.neither} 行既不是 UTF-8 也不是 GB18030 编码，认不出文字")
    if lines.utf8_count == 0:
        if _is_rather_big5(path):
            raise TableError("文件像是繁体中文的 Big5 编码，照 GB18030 读会是乱码，请另存为 UTF-8")
        return "gb18030"
    if lines.utf8_count >= lines.gb_count:
        raise TableError(
            f"文件混用了两种编码：第 {lines.gb} 行不是 UTF-8，其余各行是。"
            "请把这一行的文字重新输入，整个文件另存为 UTF-8"
        )
    raise TableError(
        f"文件混用了两种编码：第 {lines.utf8} 行是 UTF-8，其余各行是 GB18030。"
        "请把这一行的文字重新输入，整个文件另存为 UTF-8"
    )


def _unmarked_utf16(head: bytes) -> str | None:
    """The kind of UTF-16 that a file without its mark begins in: every comma, digit and Latin
    letter has a zero byte on the same side; on the other one, hardly more than 一 has."""
    zeros = [head[side::2].count(0) for side in (0, 1)]
    few, many = sorted(zeros)
    if many * _FEW_ASCII < max(len(head), 1) or many < few * _RATHER:
        return None
    return "utf-16-le" if zeros[1] == many else "utf-16-be"


def _is_rather_big5(path: Path) -> bool:
    """Whether what can be read as both is Big5, as Excel writes it in Taiwan and Hong Kong: its
    common characters end on a byte below 0x80, those of GB2312 never do."""
    with path.open("rb") as file:
        pairs = _PAIRS.findall(file.read(_CHUNK))
    low = sum(_BIG5_COMMON[0] <= lead <= _BIG5_COMMON[1] and end < _ASCII for lead, end in pairs)
    return low * _RATHER_BIG5 >= len(pairs) and _decodes(path, "cp950")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sorted(path: Path) -> _Lines:
    utf8 = gb = neither = utf8_count = gb_count = 0
    for number, line in enumerate(_byte_lines(path), 1):
        if line.isascii():
            continue
        if _is(line, "utf-8"):
            # "联通" in GB18030 is two characters of UTF-8, but no Chinese ones.
            if max(line) >= _THREE_BYTES:
                utf8_count += 1
                utf8 = utf8 or number
        elif _is(line, "gb18030"):
            gb_count += 1
            gb = gb or number
        else:
            neither = neither or number
    return _Lines(utf8, gb, neither, utf8_count, gb_count)


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _byte_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            yield line
