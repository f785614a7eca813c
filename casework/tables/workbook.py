"""The parts of an Excel workbook: its sheets, its texts, and how its numbers are shown.

Read with the standard library alone: what decides whether a cell may be believed (that it is an
error, a formula without a result, a number of 18 digits, 3 shown as 3万元) is in the file's XML and
in no reader's cell values; see docs/decisions. Names are compared without their namespace, so
workbooks in the strict variant of the format are read as well.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, NamedTuple
from xml.parsers import expat

from casework.tables.number_formats import PLAIN, Shown, shown_by
from casework.tables.values import TableError

MOST_UNPACKED_BYTES: Final = 4 * 1024 * 1024 * 1024
MOST_STRINGS_BYTES: Final = 128 * 1024 * 1024
"""A workbook's shared texts are held in memory; its sheets are read as they come."""
MOST_MEMBERS: Final = 1000
CHUNK: Final = 64 * 1024
_FIRST_OWN_FORMAT: Final = 164
_LONGEST_NAME: Final = 100
"""Of a sheet, which is said with every row; Excel takes 31 characters."""
_ESCAPE: Final = re.compile("_x([0-9A-Fa-f]{4})_")

DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
"""What a damaged or encrypted archive raises."""


class Part(NamedTuple):
    """A worksheet: its name, whether it can be seen, and where it is in the archive."""

    name: str
    visible: bool
    path: str


class Workbook:
    """An open workbook. Raises TableError whenever it turns out not to be one."""

    def __init__(self, path: Path) -> None:
        with damage("文件不是可读的 Excel 工作簿（.xlsx）"):
            self._archive = zipfile.ZipFile(path)
        self._members = {_plain(one.filename): one for one in self._archive.infolist()}
        _refuse_bombs(self._archive.infolist())
        self.starts_1904 = False
        self._book = self._main()
        self.parts = self._sheets()
        self.strings = self._strings()
        self.looks = self._looks()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def size(self, part: Part) -> int:
        """Bytes of a sheet, unpacked."""
        return self._members[part.path].file_size

    def share(self, part: Part) -> float:
        """Bytes of the file for each byte of a sheet unpacked."""
        member = self._members[part.path]
        return member.compress_size / max(member.file_size, 1)

    def open(self, part: Part) -> IO[bytes]:
        """A sheet's XML."""
        return self._open(part.path)

    def _open(self, name: str) -> IO[bytes]:
        with damage("工作簿已损坏，或设有密码"):
            return self._archive.open(self._members[name])

    def _main(self) -> str:
        found = "xl/workbook.xml"
        for target, kind in self._relations("_rels/.rels", "").values():
            if kind == "officeDocument":
                found = target
        if found not in self._members:
            raise TableError("文件不是可读的 Excel 工作簿（.xlsx）")
        return found

    def _relations(self, name: str, base: str) -> dict[str, tuple[str, str]]:
        """By id: the part that a relation leads to, and the last word of its type."""
        found: dict[str, tuple[str, str]] = {}
        if name in self._members:
            for tag, given in self._elements(name):
                if tag == "Relationship" and given.get("TargetMode") != "External":
                    kind = given.get("Type", "").rpartition("/")[2]
                    found[given.get("Id", "")] = _resolved(base, given.get("Target", "")), kind
        return found

    def _sheets(self) -> list[Part]:
        folder, _, name = self._book.rpartition("/")
        relations = self._relations(f"{folder}/_rels/{name}.rels".lstrip("/"), folder)
        self._related = {kind: target for target, kind in relations.values()}
        parts = []
        for tag, given in self._elements(self._book):
            if tag == "workbookPr":
                self.starts_1904 = given.get("date1904") in ("1", "true")
            elif tag == "sheet":
                key = next((text for key, text in given.items() if key.endswith(":id")), "")
                target, kind = relations.get(key, ("", ""))
                if kind == "worksheet" and target in self._members:
                    visible = given.get("state", "visible") == "visible"
                    parts.append(Part(given.get("name", "")[:_LONGEST_NAME], visible, target))
        if not parts:
            raise TableError("工作簿里没有工作表")
        return parts

    def _looks(self) -> list[Shown]:
        """How each cell style of the workbook shows numbers; colours and borders are not read."""
        name = self._related.get("styles", "")
        if name not in self._members:
            return []
        codes: dict[int, str] = {}
        numbers: list[int] = []
        inside = False
        for tag, given in self._elements(name):
            if tag == "numFmt":
                codes[_whole(given.get("numFmtId"))] = given.get("formatCode", "")
            elif tag in ("cellXfs", "cellStyleXfs", "dxfs", "cellStyles"):
                inside = tag == "cellXfs"
            elif tag == "xf" and inside:
                numbers.append(_whole(given.get("numFmtId")))
        known: dict[int, Shown] = {}
        for number in set(numbers):
            own = codes.get(number)
            unknown = own is None and number >= _FIRST_OWN_FORMAT
            known[number] = PLAIN if unknown else shown_by(number, own)
        return [known[number] for number in numbers]

    def _strings(self) -> list[str]:
        name = self._related.get("sharedStrings", "")
        made: list[str] = []
        if name not in self._members:
            return made
        pieces: list[str] = []
        taking = phonetic = False

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal taking, phonetic
            match bare(tag):
                case "si":
                    pieces.clear()
                case "rPh":
                    phonetic = True
                case "t":
                    taking = not phonetic

        def end(tag: str) -> None:
            nonlocal taking, phonetic
            match bare(tag):
                case "si":
                    made.append(unescaped("".join(pieces)))
                case "rPh":
                    phonetic = False
                case "t":
                    taking = False

        def text(data: str) -> None:
            if taking:
                pieces.append(data)

        parser = strict_parser()
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text
        self._parse(parser, name)
        return made

    def _elements(self, name: str) -> Iterator[tuple[str, dict[str, str]]]:
        found: list[tuple[str, dict[str, str]]] = []
        parser = strict_parser()
        parser.StartElementHandler = lambda tag, given: found.append((bare(tag), given))
        self._parse(parser, name)
        return iter(found)

    def _parse(self, parser: Any, name: str) -> None:
        with damage("工作簿已损坏"), self._open(name) as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk)
            parser.Parse(b"", True)


@contextmanager
def damage(sentence: str) -> Iterator[None]:
    """A TableError of this sentence for whatever a damaged file raises."""
    try:
        yield
    except (*DAMAGED, expat.ExpatError, UnicodeDecodeError, KeyError) as error:
        raise TableError(sentence) from error


def strict_parser() -> Any:
    """An XML parser that takes no document type: no entities of the file's own, so no bombs."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = CHUNK

    def refuse(*_: object) -> None:
        raise TableError("工作簿的内容不合规范（含 DOCTYPE）")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def bare(tag: str) -> str:
    """An element's name without its prefix."""
    return tag.rpartition(":")[2]


def unescaped(text: str) -> str:
    """A text of a workbook as it was typed: ``_x000D_`` and the like are single characters."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 -- Unicode's
    return "" if surrogate else chr(code)


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _resolved(base: str, target: str) -> str:
    """A part's name from the folder of the part that refers to it."""
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return target.lstrip("/")
    steps: list[str] = []
    for step in PurePosixPath(base, target).parts:
        if step == ".." and steps:
            steps.pop()
        elif step not in (".", ".."):
            steps.append(step)
    return "/".join(steps)


def _refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    """Sizes as the archive states them: its reader unpacks no more than that."""
    others = sum(
        one.file_size
        for one in members
        if not _plain(one.filename).lower().startswith("xl/worksheets/")
    )
    if (
        len(members) > MOST_MEMBERS
        or sum(one.file_size for one in members) > MOST_UNPACKED_BYTES
        or others > MOST_STRINGS_BYTES
    ):
        raise TableError("工作簿解压后过大，请分成几个文件")
