"""How grants under a notice are fulfilled: `fulfilment.toml` of a notice.

Not part of what is hashed with an assessment: who pays decides nothing. Under a notice without the
file nothing is paid through this house.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from config.notices.text import NoticeDataError

_LONGEST_PURPOSE: Final = 30  # what banks print beside a payment


class Manner(NamedTuple):
    """How grants under a provision are fulfilled. `way`: `payment` or `waiver`; `bureau`: who pays,
    or sees to the waiver; `purpose`: as the bank is told it."""

    way: str
    bureau: str
    purpose: str


class _Row(Schema):
    class Meta:
        unknown = RAISE

    way = fields.String(required=True, validate=validate.OneOf(["payment", "waiver"]))
    bureau = fields.String(required=True)
    purpose = fields.String(required=True, validate=validate.Length(1, _LONGEST_PURPOSE))


_FILE: Final = fields.Dict(fields.String(), fields.Nested(_Row))


@cache
def load_manners(
    folder: Path, provisions: frozenset[str], bureaus: frozenset[str]
) -> Mapping[str, Manner]:
    """The manners that lie in a notice's folder, by provision. Raises :class:`NoticeDataError`."""
    path = folder / "fulfilment.toml"
    if not path.is_file():
        return {}
    try:
        read = _FILE.deserialize(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise NoticeDataError(f"{path.name}: {error}") from error
    if unknown := sorted(read.keys() - provisions):
        raise NoticeDataError(f"{path.name}: unknown provisions {unknown}")
    if unknown := sorted({row["bureau"] for row in read.values()} - bureaus):
        raise NoticeDataError(f"{path.name}: unknown bureaus {unknown}")
    return {code: Manner(**row) for code, row in read.items()}
