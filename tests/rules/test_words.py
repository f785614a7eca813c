"""Every reason a condition can give has its sentence, and no sentence stands for nothing.

Read from the code itself: what the functions of conditions answer with, and what they call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import rules
from rules import PROVISIONS
from rules.explain import explain
from rules.model import Outcome
from rules.vocabulary import Vocabulary
from tests.rules.judging import NOTICE, Scenario
from tests.rules.scenarios_chain import CHAIN_NEIGHBOURS, CHAINS
from tests.rules.scenarios_landlord import (
    CARRIER_NEIGHBOURS,
    CARRIERS,
    LANDLORD_NEIGHBOURS,
    LANDLORDS,
)
from tests.rules.scenarios_rent import TENANTS
from tests.rules.scenarios_rent_neighbours import TENANT_NEIGHBOURS
from tests.rules.scenarios_school import SCHOOL_NEIGHBOURS, SCHOOLS
from tests.rules.test_cases_rent import run

REASON_AT = {"met": 0, "failed": 0, "to_find": 0, "open_question": 1}
"""Constructor of a verdict -> the position of its reason; the first three have a default."""
EVERY = [
    *TENANTS,
    *TENANT_NEIGHBOURS,
    *LANDLORDS,
    *LANDLORD_NEIGHBOURS,
    *CARRIERS,
    *CARRIER_NEIGHBOURS,
    *SCHOOLS,
    *SCHOOL_NEIGHBOURS,
    *CHAINS,
    *CHAIN_NEIGHBOURS,
]


@cache
def functions() -> dict[str, ast.FunctionDef]:
    """Every top-level function of conditions and provisions, by name."""
    found: dict[str, ast.FunctionDef] = {}
    for path in Path(rules.__path__[0]).glob("*/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update({node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)})
    return found


def literals(node: ast.expr, within: ast.FunctionDef) -> Iterator[str]:
    """The texts an expression can be; ``use_*`` for an f-string that starts with ``use_``."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from literals(node.body, within)
            yield from literals(node.orelse, within)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            yield f"{start}*"
        case ast.Name(id=name):
            for statement in ast.walk(within):
                if isinstance(statement, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id == name
                    for target in statement.targets
                ):
                    yield from literals(statement.value, within)


@cache
def reasons(function: str) -> frozenset[str]:
    """Every reason a condition's function can answer with, through what it calls."""
    found: set[str] = set()
    todo, seen = [function], set()
    while todo:
        name = todo.pop()
        if name in seen or name not in functions():
            continue
        seen.add(name)
        body = functions()[name]
        for call in (node for node in ast.walk(body) if isinstance(node, ast.Call)):
            if not isinstance(call.func, ast.Name):
                continue
            todo.append(call.func.id)
            todo += [arg.id for arg in call.args if isinstance(arg, ast.Name)]
            if call.func.id == "missing":
                found.add("missing")
            elif (position := REASON_AT.get(call.func.id)) is not None:
                given = call.args[position] if len(call.args) > position else None
                found.update(literals(given, body) if given is not None else {call.func.id})
    return frozenset(found)


def answers(code: str) -> set[str]:
    """Every reason given under a condition's code, in whatever provision."""
    found: set[str] = set()
    for provision in PROVISIONS.values():
        for condition in (*provision.conditions, *provision.item_conditions):
            if condition.code == code:
                found |= reasons(condition.check.__qualname__.split(".")[0])
        if provision.items is not None and provision.items_code == code:
            found.add("missing")
    return found


@pytest.mark.parametrize("code", sorted(NOTICE.conditions))
def test_every_reason_has_its_sentence_and_every_sentence_its_reason(code: str) -> None:
    own = set(NOTICE.conditions[code].get("reasons", {}))
    given = answers(code)
    assert given, "a condition no provision asks"
    started = {text.removesuffix("*") for text in given if text.endswith("*")}
    plain = {text for text in given if not text.endswith("*")}
    assert plain - own - set(NOTICE.lines) == set()
    assert all(any(text.startswith(start) for text in own) for start in started)
    unused = {text for text in own - plain if not text.startswith(tuple(started) or ("\0",))}
    assert unused == set()


def test_every_condition_asked_has_its_words() -> None:
    asked = {
        condition.code
        for provision in PROVISIONS.values()
        for condition in (*provision.conditions, *provision.item_conditions)
    } | {provision.items_code for provision in PROVISIONS.values() if provision.items}
    assert asked == set(NOTICE.conditions)


@pytest.mark.parametrize("scenario", EVERY, ids=str)
def test_what_people_read_is_chinese_and_filled_in(scenario: Scenario) -> None:
    explained = run(scenario).explained
    sentences = [finding["explanation"] for finding in explained["findings"]]
    sentences += [line["reason"] for line in explained["arithmetic"] if "reason" in line]
    sentences += [explained["summary"], *explained["would_alter"]]
    codes = {
        member.value
        for kind in Vocabulary.__subclasses__()
        for member in kind
        if len(member.value) > 4
    }
    for sentence in sentences:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence)
        assert not [field for _, field, _, _ in Formatter().parse(sentence) if field]
        assert not [code for code in codes if code in sentence], sentence
        assert "None" not in sentence
    for question in explained["questions"]:
        assert question["question"]
        assert question["reading"]


def test_a_denial_says_what_would_have_to_be_different() -> None:
    denied = next(scenario for scenario in TENANTS if scenario.id == "T13")
    judged = run(denied)
    assert judged.assessment.outcome is Outcome.INELIGIBLE
    assert judged.explained["would_alter"] == ["若房产属于西城区区属国有企业"]
    assert [referral["to"][:3] for referral in judged.explained["referrals"]] == ["北京市"]
    assert explain(judged.assessment.document(), NOTICE) == judged.explained
