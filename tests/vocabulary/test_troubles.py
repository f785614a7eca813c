"""What is told of troubles is told in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from vocabulary import troubles
from vocabulary.troubles import Sentence, Told

_CHINESE = re.compile("[一-鿿]")
_PART = re.compile(r"\{(\w+)")
_BOTH = frozenset({"MEND", "MIGRATE", "FAILED", "BROKER_DOWN"})
"""Commands and frames of others' words, which need no language."""


def spoken(named: str, value: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, Sentence):
        yield named, value.english, value.chinese
    elif isinstance(value, Told):
        yield named, str(value), value.chinese
    elif isinstance(value, Mapping | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from spoken(named, each)


def test_each_is_said_in_both_languages_with_the_same_parts() -> None:
    every = [each for name, value in vars(troubles).items() for each in spoken(name, value)]
    assert len(every) > 50
    for name, english, chinese in every:
        assert not _CHINESE.search(english), name
        if name not in _BOTH:
            assert _CHINESE.search(chinese), name
        assert set(_PART.findall(chinese)) <= set(_PART.findall(english)), name


def test_parts_are_in_the_language_of_the_sentence() -> None:
    said = troubles.LATE.of(stage=troubles.stage("assess"))
    assert (str(said), said.chinese) == (
        "late work of stage assess",
        "到时间没有办的工作：核对（assess）",
    )


def test_a_stage_that_another_release_has_left_behind_is_called_by_its_name() -> None:
    said = troubles.DEAD.of(stage=troubles.stage("of_before"))
    assert (str(said), said.chinese) == (
        "dead letters of stage of_before",
        "已放弃的工作：of_before",
    )
