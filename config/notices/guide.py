"""What the pages say of a notice in plain words, beside its own: `guide.toml` and `examples/`.

Not part of what is hashed with an assessment: a plainer sentence decides nothing. A notice without
the file is shown in its own words alone.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from config.notices.text import NoticeDataError, foreign_quotations, plain


class Site(NamedTuple):
    """What the pages are called, and how the first one begins."""

    brand: str
    heading: str
    lead: str


class Gift(NamedTuple):
    """One thing that the notice gives: in a word, in a sentence, in its own `words`; in which
    measure."""

    head: str
    plain: str
    words: str
    measure: str


class MeasureName(NamedTuple):
    """A measure (as "一"), and what it is about in a few words."""

    measure: str
    name: str


class Plainly(NamedTuple):
    """A provision in plain words: for whom, what is done, how much."""

    who: str
    what: str
    much: str


class Example(NamedTuple):
    """A made-up case: what it is about, and the two parts of its application as one sends them."""

    about: str
    enterprise: Mapping[str, Any]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """The plain words of a notice. `measures`: by the code that their pages' addresses hold;
    `provisions` and `examples`: by provision."""

    site: Site | None = None
    gives: tuple[Gift, ...] = ()
    measures: Mapping[str, MeasureName] = field(default_factory=dict)
    provisions: Mapping[str, Plainly] = field(default_factory=dict)
    examples: Mapping[str, Example] = field(default_factory=dict)


def _table(made: type[Any]) -> fields.Nested:
    texts = {name: fields.String(required=True) for name in made._fields}

    class Table(Schema.from_dict(texts)):  # type: ignore[misc]
        class Meta:
            unknown = RAISE

        @post_load
        def _made(self, data: dict[str, Any], **_: Any) -> Any:
            return made(**data)

    return fields.Nested(Table, required=True)


_FILE: Final = Schema.from_dict(
    {
        "site": _table(Site),
        "gives": fields.List(_table(Gift), required=True),
        "measures": fields.Dict(fields.String(), _table(MeasureName), required=True),
        "provisions": fields.Dict(fields.String(), _table(Plainly), required=True),
    }
)()


@cache
def load_guide(folder: Path, text: str) -> Guide:
    """The plain words that lie in a notice's folder, checked against its text.

    Raises :class:`NoticeDataError`.
    """
    path = folder / "guide.toml"
    if not path.is_file():
        return Guide()
    try:
        read = _FILE.load(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise NoticeDataError(f"{path.name}: {error}") from error
    found = Guide(
        read["site"],
        tuple(read["gives"]),
        read["measures"],
        read["provisions"],
        {each.stem: _example(each) for each in sorted((folder / "examples").glob("*.json"))},
    )
    _check(found, plain(text))
    return found


def _example(path: Path) -> Example:
    try:
        return Example(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise NoticeDataError(f"examples/{path.name}: {error}") from error


def _check(guide: Guide, text: str) -> None:
    known = {each.measure for each in guide.measures.values()}
    for gift in guide.gives:
        if plain(gift.words) not in text:
            raise NoticeDataError(f"guide.toml: not the notice's words: {gift.words}")
        if gift.measure not in known:
            raise NoticeDataError(f"guide.toml: gives of an unknown measure {gift.measure}")
    for sentence in (
        *(gift.plain for gift in guide.gives),
        *(each for plainly in guide.provisions.values() for each in plainly),
    ):
        if odd := foreign_quotations(sentence, text):
            raise NoticeDataError(f"guide.toml: not the notice's words in quotation marks: {odd}")
