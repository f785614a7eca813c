"""Tables for `wenqi import`: an application's cells by column name, and files of them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from click.testing import Result

from tests.support.applications import tenant_body
from tests.support.books import Given, write_book

Run = Callable[..., Result]
"""`wenqi import` with these arguments."""


def flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """An application as cells by column name."""
    cells: dict[str, Any] = {}
    todo: list[tuple[str, Any]] = [("", dict(body))]
    while todo:
        path, value = todo.pop(0)
        if isinstance(value, dict):
            todo += [(f"{path}.{name}".strip("."), inner) for name, inner in value.items()]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            todo += [(f"{path}.{number}", inner) for number, inner in enumerate(value, 1)]
        elif isinstance(value, list):
            cells[path] = "、".join(value)
        else:
            cells[path] = ("是" if value else "否") if isinstance(value, bool) else value
    return cells


def tenant_row(**changes: Any) -> dict[str, Any]:
    """A tenant's application as cells; takes what `tenant_body` takes."""
    return flat(tenant_body(**changes))


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8-sig") -> Path:
    """Write rows under all their names."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: Sequence[Mapping[str, Given]]) -> Path:
    """The same as a workbook."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return write_book(path, [list(names), *([row.get(name) for name in names] for row in rows)])


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV by their headings."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
