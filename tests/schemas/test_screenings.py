"""The screening's request: every fault once, where the value was given."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.forms import FORMS
from schemas.kit.format_errors import InvalidRequest
from schemas.labels import label
from tests.support.packaged import load_screening

FIRM = {"uscc": "91110102MA00A001XU", "name": "测试企业甲", "kind": "enterprise"}


def refused(raw: object) -> set[tuple[str, str]]:
    """(pointer, code) of every fault."""
    with pytest.raises(InvalidRequest) as caught:
        load_screening(raw)
    listed = [(error.pointer, error.code) for error in caught.value.errors]
    assert len(listed) == len(set(listed))
    return set(listed)


def test_a_profile_alone_is_enough() -> None:
    loaded = load_screening({"enterprise": FIRM})
    assert loaded.enterprise == FIRM
    assert loaded.facts == {}


def test_facts_come_out_normalised_by_provision() -> None:
    loaded = load_screening(
        {"enterprise": FIRM, "facts": {"m05_finance": {"amount": 5}}, "shared": {"in_park": True}}
    )
    assert loaded.facts["m05_finance"] == {"amount": "5.00"}
    assert loaded.facts["m10_research"] == {"in_park": True}
    assert "m08_vouchers" not in loaded.facts


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        ([], {("", "invalid_object")}),
        ({}, {("/enterprise", "required")}),
        ({"enterprise": FIRM, "extra": 1}, {("/extra", "unknown_field")}),
        ({"enterprise": {**FIRM, "uscc": "1"}}, {("/enterprise/uscc", "invalid_uscc")}),
        ({"enterprise": FIRM, "shared": []}, {("/shared", "invalid_object")}),
        ({"enterprise": FIRM, "shared": {"nonsense": 1}}, {("/shared/nonsense", "unknown_field")}),
        ({"enterprise": FIRM, "shared": {"in_park": 1}}, {("/shared/in_park", "invalid_boolean")}),
        ({"enterprise": FIRM, "facts": {"m99": {}}}, {("/facts/m99", "unknown_provision")}),
        (
            {"enterprise": FIRM, "facts": {"m05_finance": []}},
            {("/facts/m05_finance", "invalid_object")},
        ),
        (
            {"enterprise": FIRM, "facts": {"m05_finance": {"amount": "-1"}}},
            {("/facts/m05_finance/amount", "negative")},
        ),
    ],
)
def test_a_fault_is_named_where_it_was_given(raw: Any, faults: set[tuple[str, str]]) -> None:
    assert refused(raw) == faults


def test_a_pointer_is_called_what_the_form_calls_it() -> None:
    assert (
        label(FORMS["m01_tenant"], "/facts/leases/0/rent")["label"] == "承租的房产 第1项 租金（元）"
    )
    assert label(FORMS["m13_training"], "/facts/revenue_2019/feb") == {
        "pointer": "/facts/revenue_2019/feb",
        "label": "2019年2-4月生产经营收入 2月收入（元）",
        "source": "纳税申报表",
    }
    assert label(FORMS["m05_finance"], "/enterprise/employees")["label"] == "从业人员（人）"
