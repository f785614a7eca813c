"""Quotation marks “…” stand around a notice's own words and around nothing else."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from config.notices import load_notice
from config.notices.text import foreign_quotations, plain
from rules import PROVISIONS
from rules.explain import explain
from rules.model import Case
from rules.routing import route
from schemas.forms import FORMS
from tests.support.packaged import WORDS
from tests.support.scenarios.every import run, scenarios
from tests.support.scenarios.judging import NOTICE, Scenario, judge
from tests.support.submitted import QUICK, decide, submitted

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "casework", "cli", "config", "rules", "schemas", "vocabulary", "web", "workers")
TEXT = plain(load_notice("xicheng-2020-6").content["text"])
SAMPLES = sorted((ROOT / "samples").glob("*.json"))
WORKED = [scenario for scenario in scenarios() if scenario.id != "T31"]


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


def foreign(value: Any) -> list[str]:
    """Quotations in a JSON value that are not the notice's."""
    return [odd for text in strings(value) for odd in foreign_quotations(text, TEXT)]


def literals(path: Path) -> Iterator[str]:
    """The texts of a module that are not its docstrings; of an f-string its fixed parts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    # Docstrings, of attributes too, are read by nobody but us.
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and id(node) not in docs:
            yield node.value if isinstance(node.value, str) else ""


WORDS_OF_THE_NOTICE = {
    "cli/measures.py": "prints conditions in the notice's words",
    "rules/explain.py": "a refusal quotes the condition's words",
    "rules/guidance.py": "an application window's words",
    "config/notices/text.py": "finds quotations",
    "config/notices/checks.py": "checks quotations",
    "casework/importing": "what is wrong in a table is said of its cells, as they are typed",
    "casework/tables": "the same",
}
"""Module -> why a text of it quotes what it is given."""


@pytest.mark.parametrize("room", ROOMS)
def test_no_text_of_the_code_quotes_anything_else(room: str) -> None:
    odd = {
        str(path.relative_to(ROOT)): found
        for path in (ROOT / room).rglob("*.py")
        if not str(path.relative_to(ROOT)).startswith(tuple(WORDS_OF_THE_NOTICE))
        and (found := [each for text in literals(path) for each in foreign_quotations(text, TEXT)])
    }
    assert odd == {}


def test_no_sentence_of_a_notice_does() -> None:
    content = {name: NOTICE.content[name] for name in ("lines", "route_reasons", "conditions")}
    content |= {name: NOTICE.content[name] for name in ("provisions", "questions", "referrals")}
    assert foreign(content | {"parameters": NOTICE.content["parameters"]}) == []


def test_no_label_or_hint_of_a_form_does() -> None:
    for form in FORMS.values():
        assert foreign([dict(field.metadata) for field in form.fields.values()]) == []


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_sample_does(path: Path) -> None:
    sent = json.loads(path.read_text(encoding="utf-8"))
    assert foreign(sent) == []
    application = sent["application"]
    judged = judge(
        application["provision"], application["enterprise"], application["facts"], officer=True
    )
    assert foreign(judged.explained) == []


@pytest.mark.parametrize("scenario", WORKED, ids=str)
def test_no_explanation_of_a_worked_case_does(scenario: Scenario) -> None:
    assert foreign(run(scenario).explained) == []


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_no_explanation_of_whatever_a_form_takes_does(provision: str) -> None:
    @QUICK
    @given(submitted(provision))
    def check(case: Case) -> None:
        document = route(provision, case, NOTICE).added_to(decide(provision, case).document())
        for officer in (False, True):
            assert foreign(explain(document, NOTICE, WORDS, officer=officer)) == []

    check()
