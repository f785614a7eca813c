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
