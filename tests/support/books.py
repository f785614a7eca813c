"""Workbooks part by part, as programs of all kinds write them, right and wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_TYPES = "http://purl.oclc.org/ooxml/officeDocument/relationships"

_HIDDEN = ' state="hidden"'


class Raw(NamedTuple):
    """A cell as it stands in the file: its value, its type, its number format, its formula."""

    value: str | None
    kind: str = "n"
    shown: str = ""
    formula: str | None = None


Given = str | int | Raw | None


class Page(NamedTuple):
    """A sheet: its name, its rows, numbers of hidden rows, merged areas, whether it is hidden."""

    name: str
    rows: Sequence[Sequence[Given]]
    hidden_rows: frozenset[int] = frozenset()
    merged: Sequence[str] = ()
    is_hidden: bool = False


def write_book(
    path: Path,
    *pages: Page | Sequence[Sequence[Given]],
    starts_1904: bool = False,
    strict: bool = False,
    prefix: str = "",
    shared: bool = False,
    changed: Mapping[str, bytes] | None = None,
) -> Path:
    """Write a workbook. `prefix` stands before every element's name in the sheets; `shared`: texts
    lie apart; `changed`: parts of the archive that are to hold something else."""
    sheets = [
        one if isinstance(one, Page) else Page(f"Sheet{n}", one) for n, one in enumerate(pages, 1)
    ]
    formats: dict[str, int] = {"": 0}
    strings: dict[str, int] = {}
    space, types = (STRICT, _STRICT_TYPES) if strict else (MAIN, _TYPES)
    parts: dict[str, str | bytes] = {}
    for number, page in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(
            page, formats, strings if shared else None, space, prefix
        )
    codes = "".join(
        f'<numFmt numFmtId="{163 + number}" formatCode={quoteattr(code)}/>'
        for code, number in formats.items() if number
    )  # fmt: skip
    looks = "".join(
        f'<xf numFmtId="{163 + number if number else 0}"/>' for number in formats.values()
    )
    parts["xl/styles.xml"] = (
        f'<styleSheet xmlns="{space}"><numFmts>{codes}</numFmts><fills><fill/></fills>'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{looks}</cellXfs></styleSheet>'
    )
    listed = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{space}">{listed}</sst>'
    names = "".join(
        f'<sheet name={quoteattr(page.name)} sheetId="{number}" r:id="rId{number}"'
        f"{_HIDDEN if page.is_hidden else ''}/>"
        for number, page in enumerate(sheets, 1)
    )
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{space}" xmlns:r="{types}">'
        f'<workbookPr date1904="{int(starts_1904)}"/><sheets>{names}</sheets></workbook>'
    )
    related = [
        (f"worksheets/sheet{number}.xml", "worksheet") for number in range(1, len(sheets) + 1)
    ]
    related += [("styles.xml", "styles"), ("sharedStrings.xml", "sharedStrings")]
    parts["xl/_rels/workbook.xml.rels"] = _related(related, types)
    parts["_rels/.rels"] = _related([("xl/workbook.xml", "officeDocument")], types)
    parts |= changed or {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _related(targets: Iterable[tuple[str, str]], types: str) -> str:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{types}/{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'


def _sheet(
    page: Page, formats: dict[str, int], strings: dict[str, int] | None, space: str, prefix: str
) -> str:
    p = f"{prefix}:" if prefix else ""
    rows = []
    for number, row in enumerate(page.rows, 1):
        cells = "".join(
            _cell(cell, f"{_column(place)}{number}", formats, strings, p)
            for place, cell in enumerate(row) if cell is not None
        )  # fmt: skip
        hidden = ' hidden="1"' if number in page.hidden_rows else ""
        rows.append(f'<{p}row r="{number}"{hidden}>{cells}</{p}row>')
    merged = "".join(f'<{p}mergeCell ref="{area}"/>' for area in page.merged)
    declared = f'xmlns:{prefix}="{space}"' if prefix else f'xmlns="{space}"'
    return (
        f"<{p}worksheet {declared}><{p}sheetData>{''.join(rows)}</{p}sheetData>"
        f"<{p}mergeCells>{merged}</{p}mergeCells></{p}worksheet>"
    )


def _cell(
    cell: Given, place: str, formats: dict[str, int], strings: dict[str, int] | None, p: str
) -> str:
    if isinstance(cell, int):
        cell = Raw(str(cell))
    if isinstance(cell, str):
        if strings is None:
            return (
                f'<{p}c r="{place}" t="inlineStr"><{p}is><{p}t>{escape(cell)}</{p}t></{p}is></{p}c>'
            )
        cell = Raw(str(strings.setdefault(cell, len(strings))), "s")
    assert cell is not None
    style = formats.setdefault(cell.shown, len(formats))
    formula = f"<{p}f>{escape(cell.formula)}</{p}f>" if cell.formula is not None else ""
    value = f"<{p}v>{escape(cell.value)}</{p}v>" if cell.value is not None else ""
    return f'<{p}c r="{place}" s="{style}" t="{cell.kind}">{formula}{value}</{p}c>'


def _column(place: int) -> str:
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
