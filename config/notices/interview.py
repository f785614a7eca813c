"""What a screening asks, in plain words: `screening.toml` of a notice.

As the other plain words, not part of what is hashed with an assessment: a question decides nothing.
A notice without the file is screened by programs alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from marshmallow import RAISE, Schema, ValidationError, fields

from config.notices.text import NoticeDataError, foreign_quotations, plain


class Topic(NamedTuple):
    """Something that people come for, in their words, and the provisions that may help."""

    code: str
    says: str
    provisions: tuple[str, ...]


class Question(NamedTuple):
    """One page of a screening. `pointers`: JSON pointers of what it asks for, which stand in the
    enterprise block or in the form of any provision."""

    code: str
    asks: str
    help: str
    pointers: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Interview:
    """All that may be asked, in its order."""

    topics: tuple[Topic, ...] = ()
    questions: tuple[Question, ...] = ()

    def question(self, code: str) -> Question | None:
        """The question of an address; None for an unknown one."""
        return next((each for each in self.questions if each.code == code), None)


class _Strict(Schema):
    class Meta:
        unknown = RAISE


_texts: Final = fields.List(fields.String(), required=True)


class _Topic(_Strict):
    code = fields.String(required=True)
    says = fields.String(required=True)
    provisions = _texts


class _Question(_Strict):
    code = fields.String(required=True)
    asks = fields.String(required=True)
    help = fields.String(load_default="")
    pointers = _texts


class _File(_Strict):
    topics = fields.List(fields.Nested(_Topic), required=True)
    questions = fields.List(fields.Nested(_Question), required=True)


_FILE: Final = _File()


@cache
def load_interview(folder: Path, text: str, provisions: frozenset[str]) -> Interview:
    """The questions that lie in a notice's folder, checked against its text and its provisions.

    Raises :class:`NoticeDataError`.
    """
    path = folder / "screening.toml"
    if not path.is_file():
        return Interview()
    try:
        read = _FILE.load(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise NoticeDataError(f"{path.name}: {error}") from error
    topics = tuple(
        Topic(each["code"], each["says"], tuple(each["provisions"])) for each in read["topics"]
    )
    questions = tuple(
        Question(**{**each, "pointers": tuple(each["pointers"])}) for each in read["questions"]
    )
    found = Interview(topics, questions)
    check(found, text, provisions)
    return found


def check(found: Interview, text: str, provisions: frozenset[str]) -> None:
    """Raises :class:`NoticeDataError` unless every provision is of a topic, nothing is asked twice
    and only the notice's words stand in quotes."""
    topics, questions, printed = found.topics, found.questions, plain(text)
    for kind, codes in (
        ("topics", [each.code for each in topics]),
        ("questions", [each.code for each in questions]),
        ("pointers", [each for question in questions for each in question.pointers]),
    ):
        if doubled := sorted({code for code in codes if codes.count(code) > 1}):
            raise NoticeDataError(f"screening.toml: {kind} {doubled} stand there twice")
    named = {code for topic in topics for code in topic.provisions}
    if odd := named ^ provisions:
        raise NoticeDataError(f"screening.toml: topics: {sorted(odd)}: of no topic, or unknown")
    said: list[Any] = [each.says for each in topics]
    said += [text for each in questions for text in (each.asks, each.help)]
    for sentence in said:
        if quoted := foreign_quotations(sentence, printed):
            raise NoticeDataError(f"screening.toml: not the notice's words in quotes: {quoted}")
