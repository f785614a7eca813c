"""Every application reaches exactly one lead: shown over every reachable combination.

What a predicate reads is traced, the values a form can give it are taken from the form, and the
product of all values that make a difference is routed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations, product
from typing import Any

import pytest
from marshmallow import fields

from rules import PROVISIONS
from rules.model import Case
from rules.routing import PREDICATES, Route, route
from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.fields import Choice, YesNo
from tests.support.scenarios.finance import FIRM
from tests.support.scenarios.judging import NOTICE, RECEIVED, judge

ABSENT = object()
CODES = sorted(PROVISIONS)


class Traced(dict[str, Any]):
    """A mapping that remembers what was asked of it."""

    def __init__(self, *given: Mapping[str, Any]) -> None:
        super().__init__(*given)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


def whens(code: str) -> list[str]:
    """The predicates of a provision's routes."""
    return list(dict.fromkeys(rule["when"] for rule in NOTICE.routing[code]))


def truths(code: str, enterprise: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[bool, ...]:
    """What each predicate of a provision says."""
    case = Case(enterprise, facts, RECEIVED)
    return tuple(PREDICATES[when](case) for when in whens(code))


def values(field: fields.Field[Any] | None, read: Iterable[str]) -> Iterator[Any]:
    """Every value a form's field can give, absent included; lists of up to two items."""
    yield ABSENT
    if isinstance(field, Choice):
        yield from field.labels
    elif isinstance(field, YesNo):
        yield from (True, False)
    elif isinstance(field, fields.List):
        single = list(items(field.inner, read))
        yield from chain(([one] for one in single), map(list, combinations(single, 2)))


def items(inner: fields.Field[Any], read: Iterable[str]) -> Iterator[Any]:
    """Every item of a list field, as far as the predicates read it."""
    if isinstance(inner, Choice):
        yield from inner.labels
        return
    assert isinstance(inner, fields.Nested)
    names = [name for name in read if name in inner.schema.fields]
    for picked in product(*(list(values(inner.schema.fields[name], ())) for name in names)):
        yield {n: v for n, v in zip(names, picked, strict=True) if v is not ABSENT}


def telling(code: str, part: str, name: str, found: Iterable[Any]) -> list[Any]:
    """One value for each different set of answers; predicates are 'or's of single facts."""
    kept: dict[tuple[bool, ...], Any] = {}
    for value in found:
        given = {} if value is ABSENT else {name: value}
        answers = truths(code, *((given, {}) if part == "enterprise" else ({}, given)))
        kept.setdefault(answers, value)
    return list(kept.values())


def reachable(code: str) -> Iterator[Case]:
    """Every combination of inputs that the predicates of a provision can tell apart."""
    enterprise, facts, item = Traced(), Traced(), Traced()
    truths(code, enterprise, facts)
    for name in facts.asked:
        if isinstance(FORMS[code].fields.get(name), fields.List):
            truths(code, {}, {name: [item]})
    inputs = [
        (part, name, telling(code, part, name, values(schema.fields.get(name), item.asked)))
        for part, schema, asked in (
            ("enterprise", ENTERPRISE, enterprise.asked),
            ("facts", FORMS[code], facts.asked),
        )
        for name in sorted(asked)
    ]
    for picked in product(*(found for _, _, found in inputs)):
        given: dict[str, dict[str, Any]] = {"enterprise": {}, "facts": {}}
        for (part, name, _), value in zip(inputs, picked, strict=True):
            if value is not ABSENT:
                given[part][name] = value
        yield Case(given["enterprise"], given["facts"], RECEIVED)


def sound(code: str, found: Route) -> None:
    """One lead, no copy of it, nobody twice, everyone as printed for that measure."""
    reached = [found.lead, *found.copies]
    contacts = [routed.contact for routed in reached]
    assert len(contacts) == len(set(contacts))
    measure = NOTICE.provisions[code]["measure"]
    for routed in reached:
        contact = NOTICE.contacts[routed.contact]
        assert contact["bureau"] == routed.bureau
        reason = NOTICE.content["route_reasons"][routed.reason]
        if measure == "十四":
            assert "未印联系人" in reason
        else:
            assert measure in contact["measures"]


@pytest.mark.parametrize("code", CODES)
def test_every_reachable_case_has_one_lead_and_nobody_twice(code: str) -> None:
    held = [False] * len(whens(code))
    for case in reachable(code):
        found = route(code, case, NOTICE)
        sound(code, found)
        answers = truths(code, case.enterprise, case.facts)
        held = [ever or now for ever, now in zip(held, answers, strict=True)]
        leading = [rule for rule in NOTICE.routing[code] if not rule.get("only_copy")]
        first = next(rule for rule in leading if PREDICATES[rule["when"]](case))
        assert found.lead.contact == first["to"][0]
        residual = leading[-1]
        if first is not residual:  # a bureau that only stands in is not told beside a match
            assert residual["reason"] not in {copy.reason for copy in found.copies} or any(
                rule["reason"] == residual["reason"]
                for rule in NOTICE.routing[code]
                if rule is not residual and PREDICATES[rule["when"]](case)
            )
    assert all(held), f"routes that can never be taken: {whens(code)} {held}"


def test_every_predicate_is_used_and_every_route_has_one() -> None:
    used = {rule["when"] for rules in NOTICE.routing.values() for rule in rules}
    assert used == set(PREDICATES)


def test_both_printed_names_of_the_science_bureau_are_one_body() -> None:
    printed = {
        contact["bureau"]
        for contact in NOTICE.contacts.values()
        if "区科技和信息化局" in contact["printed"] or "区科学技术和信息化局" in contact["printed"]
    }
    assert printed == {"science"}
    assert len(NOTICE.bureaus) == 12


@pytest.mark.parametrize(
    ("provision", "facts", "name", "phone"),
    [
        ("m09_culture", {"voucher": "gift_pack"}, "杜颖", "83509353"),
        ("m12_reopening", {"business": "commerce"}, "丁宁", "83509369"),
        ("m13_training", {"sector": "life_service"}, "戚秀艳", "83509365"),
        ("m12_reopening", {"business": "technology"}, "郭志娥", "83976217"),
        ("m13_training", {"sector": "technology"}, "方严松", "83976210"),
        ("m10_research", {"in_park": True}, "单毅", "82205558"),
        ("m11_fintech", {}, "刘昆", "82205552"),
    ],
)
def test_one_section_has_another_person_under_another_measure(
    provision: str, facts: dict[str, Any], name: str, phone: str
) -> None:
    reached = judge(provision, {**FIRM, "industry": "other"}, facts).route
    people = {
        NOTICE.contacts[routed.contact]["name"]: NOTICE.contacts[routed.contact]["phone"]
        for routed in (reached.lead, *reached.copies)
    }
    assert people[name] == phone


def test_a_sector_without_a_printed_bureau_is_flagged() -> None:
    for sector in ("city_operation", "other"):
        found = judge("m13_training", FIRM, {"sector": sector}).route
        assert found.lead.bureau == "human_resources"
        assert "没有列出主管部门" in NOTICE.content["route_reasons"][found.lead.reason]


@pytest.mark.parametrize(
    ("own", "tenants", "lead"),
    [("catering", "software", "science"), ("other", "catering", "commerce")],
)
def test_the_trade_of_the_tenants_leads_to_commerce_not_the_operators(
    own: str, tenants: str, lead: str
) -> None:
    facts = {"carrier": "incubator", "tenants": [{"industry": tenants}]}
    assert (
        route("m02_carrier", Case({"industry": own}, facts, RECEIVED), NOTICE).lead.bureau == lead
    )
