"""An officer sees beside an open condition what the applicant declared about it."""

from __future__ import annotations

import pytest

from casework.views import declared
from rules import PROVISIONS
from rules.provision import Finder
from schemas import pointers
from schemas.forms import FORMS
from schemas.pointers import NoSuchField
from tests.support.office import Office
from tests.support.packaged import WORDS, example
from tests.support.scenarios.judging import NOTICE


@pytest.mark.parametrize("code", sorted(PROVISIONS))
def test_whatever_an_official_may_have_to_find_names_its_facts(code: str) -> None:
    provision = PROVISIONS[code]
    for condition in (*provision.conditions, *provision.item_conditions):
        if condition.finder in (Finder.OPEN, Finder.SETTLES):
            assert "declared" in NOTICE.conditions[condition.code], condition.code


@pytest.mark.parametrize("condition", sorted(NOTICE.conditions))
def test_every_fact_named_is_asked_by_a_form_that_has_the_condition(condition: str) -> None:
    for name in NOTICE.conditions[condition].get("declared", ()):
        asked = []
        for code, provision in PROVISIONS.items():
            own = [each.code for each in provision.conditions]
            of_items = [each.code for each in provision.item_conditions]
            if condition not in own + of_items:
                continue
            item = f"{provision.items}/0" if condition in of_items else None
            pointer = declared._pointer(name, item)
            try:
                pointers.require(FORMS[code], pointer or "")
            except NoSuchField:
                continue
            asked.append(code)
        assert asked, (condition, name)


def test_an_officer_reads_the_declared_facts_and_an_applicant_does_not(office: Office) -> None:
    body = example("m01_tenant")
    accepted = office.submit(body)
    case = office.case(accepted.receipt)["assessment"]
    [difficulty] = [f for f in case["findings"] if f["condition"] == "1.5"]
    told = {each["label"]: each["value"] for each in difficulty["declared"]}
    assert told["2019年2-4月收入 2月收入（元）"].replace(",", "").endswith(".00")
    [scope] = [each for each in case["needs_finding"] if each["condition"] == "1.3"]
    assert scope["declared"][0] == {
        "pointer": "/facts/in_clearance_scope",
        "label": "是否在疏解整治范围内",
        "value": "否",
    }
    assert all("declared" not in f for f in case["findings"] if f["result"] != "unknown")
    assert "declared" not in str(office.status(accepted)["assessment"])


def test_codes_are_told_in_words_and_what_is_blank_as_blank() -> None:
    filed = {"enterprise": {}, "facts": {"operation": "neither", "leases": [{"use": "office"}]}}
    told = declared.about(NOTICE, "1.11", "leases/0", filed, FORMS["m01_tenant"], WORDS)
    assert [each["value"] for each in told] == ["均不属于", "未填", "办公用房"]


def test_all_that_was_filled_in_is_told_as_the_form_asks_it() -> None:
    given = example("m01_tenant")
    kept = {
        "enterprise": dict(reversed(given["enterprise"].items())),
        "facts": {"leases": [dict(reversed(given["facts"]["leases"][0].items()))]},
    }
    told = declared.everything(kept, FORMS["m01_tenant"], WORDS)
    asked = [each.pointer.rpartition("/")[2] for each in told if "leases" in each.pointer]
    assert asked.index("lease_no") < asked.index("starts_on") < asked.index("rent")
