"""Every closed word has a label that people can tell from its neighbours."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import vocabulary
from vocabulary.base import Vocabulary
from vocabulary.cases import Grade
from vocabulary.events import EventType
from vocabulary.outcomes import Outcome


def vocabularies() -> Iterator[type[Vocabulary | Grade]]:
    """Every class of closed words, whichever file it stands in."""
    for module in pkgutil.iter_modules(vocabulary.__path__):
        importlib.import_module(f"vocabulary.{module.name}")
    yield from Vocabulary.__subclasses__()
    yield Grade


@pytest.mark.parametrize("words", list(vocabularies()), ids=lambda words: words.__name__)
def test_every_word_has_its_own_label_in_chinese(words: type[Vocabulary | Grade]) -> None:
    labels = [word.label for word in words]
    assert all(re.search(r"[\u4e00-\u9fff]", label) or label == "CSV" for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("outcome", "amount", "said"),
    [
        (Outcome.REFERRED, "0.00", "已核对：已转介，由甲局负责"),
        (Outcome.REFERRED, None, "已核对：已转介，由甲局负责"),
        (Outcome.INELIGIBLE, "0.00", "已核对：不符合条件，由甲局负责"),
        (Outcome.NEEDS_DETERMINATION, None, "已核对：待认定，无金额，由甲局负责"),
        (Outcome.NEEDS_DETERMINATION, "60000.00", "已核对：待认定，60,000.00元，由甲局负责"),
    ],
)
def test_what_gives_nothing_is_told_without_a_sum(
    outcome: Outcome, amount: str | None, said: str
) -> None:
    data = {"outcome": outcome.value, "amount": amount, "serial": 1, "bureau": "a"}
    assert EventType.APPLICATION_ASSESSED.sentence(data, lambda _: "甲局") == said
