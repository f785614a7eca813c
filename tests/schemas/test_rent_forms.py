"""The forms of (一) to (四): what they refuse; and every worked case fits the published form."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.kit.format_errors import FormatErrors
from schemas.openapi import form_schema
from tests.support.packaged import PACKAGED, load_application
from tests.support.scenarios.chain import BRANCH, shop
from tests.support.scenarios.every import LISTED, NEIGHBOURS
from tests.support.scenarios.judging import Scenario
from tests.support.scenarios.landlord import LANDLORD, one, tenants
from tests.support.scenarios.rent import FIRM, leases, months, parts


@pytest.mark.parametrize("scenario", [*LISTED, *NEIGHBOURS], ids=str)
def test_a_case_can_be_written_with_the_published_form_alone(scenario: Scenario) -> None:
    sent = {
        "provision": scenario.provision,
        "enterprise": dict(scenario.enterprise),
        "facts": dict(scenario.facts),
    }
    Draft202012Validator(form_schema(PACKAGED, scenario.provision)).validate(sent)


def cut(**row: Any) -> dict[str, Any]:
    """A landlord's facts with one month's row."""
    return tenants({"months": [{"month": "2020-03", **row}]})


REFUSED = [
    ("m01_tenant", leases({"ends_on": "2018-12-31"}), "leases/0/ends_on", "ends_before_start"),
    (
        "m01_tenant",
        leases({"months": months(("2020-03", "1"), ("2020-03", "2"))}),
        "leases/0/months",
        "repeated_month",
    ),
    (
        "m01_tenant",
        leases({"parts": parts(("office", "area", "0"), ("production", "area", "0"))}),
        "leases/0/parts",
        "no_area",
    ),
    (
        "m01_tenant",
        leases({"parts": parts(("mixed", "area", "1"))}),
        "leases/0/parts/0/use",
        "invalid_choice",
    ),
    (
        "m01_tenant",
        leases({"rent": "1.00", "other_fees": "1.01"}),
        "leases/0/other_fees",
        "fees_above_rent",
    ),
    ("m01_tenant", leases(staff_before=3, dismissed=4), "dismissed", "more_than_staff"),
    (
        "m01_landlord",
        cut(rent_due="100", reduction="100.01"),
        "tenants/0/months/0/reduction",
        "reduction_above_rent",
    ),
    (
        "m02_carrier",
        cut(rent_due="100", reduction="100.01"),
        "tenants/0/months/0/reduction",
        "reduction_above_rent",
    ),
    (
        "m01_landlord",
        tenants(one("1", rent_raised_later=True, raised_amount="0")),
        "tenants/0/raised_amount",
        "raise_of_nothing",
    ),
    (
        "m02_carrier",
        tenants(one("1", rent_raised_later=False, raised_amount="0.01")),
        "tenants/0/rent_raised_later",
        "raise_not_stated",
    ),
    (
        "m01_landlord",
        tenants(one("1", raised_amount="0.01")),
        "tenants/0/rent_raised_later",
        "raise_not_stated",
    ),
    (
        "m01_landlord",
        tenants(one("1"), received_from_above="0.01"),
        "received_from_above",
        "nobody_above",
    ),
    (
        "m03_school",
        {"approval": "city_education", "approval_district": "xicheng"},
        "approval_district",
        "city_has_no_district",
    ),
    (
        "m04_chain_shop",
        shop([{"month": "2020-03", "reduction": "1", "waived_under_m01": "1.01"}]),
        "shops/0/months/0/waived_under_m01",
        "waiver_above_reduction",
    ),
    (
        "m04_chain_shop",
        shop([{"month": "2020-03"}], {"starts_on": "2020-03-02", "ends_on": "2020-03-01"}),
        "shops/0/ends_on",
        "ends_before_start",
    ),
    (
        "m01_other",
        {"leases": [{"months": [{"month": "2020-03", "rent_due": "1", "reduction": "2"}]}]},
        "leases/0/months/0/reduction",
        "reduction_above_rent",
    ),
]
APPLICANTS = {"m01_landlord": LANDLORD, "m02_carrier": LANDLORD, "m04_chain_shop": BRANCH}


@pytest.mark.parametrize(("provision", "facts", "where", "code"), REFUSED)
def test_facts_that_contradict_each_other_are_refused(
    provision: str, facts: dict[str, Any], where: str, code: str
) -> None:
    sent = {
        "provision": provision,
        "enterprise": APPLICANTS.get(provision, FIRM),
        "facts": facts,
    }
    with pytest.raises(FormatErrors) as refused:
        load_application(sent)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [
        (f"/facts/{where}", code)
    ]


@pytest.mark.parametrize(
    ("provision", "facts"),
    [
        ("m01_landlord", tenants(one("100.00", due="100.00"))),
        ("m01_tenant", leases({"starts_on": "2020-03-01", "ends_on": "2020-03-01"})),
        ("m01_tenant", leases({"rent": "1.00", "other_fees": "1.00"})),
        ("m01_tenant", leases(staff_before=4, dismissed=4)),
        ("m01_tenant", {}),
        ("m01_landlord", tenants(one("1"), received_from_above="0")),
        ("m01_landlord", tenants(one("1", rent_raised_later=False, raised_amount="0"))),
        ("m03_school", {"approval": "district_education", "approval_district": "haidian"}),
        ("m01_other", {}),
        ("m01_landlord", {}),
        ("m02_carrier", {}),
        ("m03_school", {}),
        ("m04_chain_shop", {}),
    ],
)
def test_the_last_figure_that_fits_and_a_form_left_blank_are_taken(
    provision: str, facts: dict[str, Any]
) -> None:
    assert load_application({"provision": provision, "enterprise": LANDLORD, "facts": facts})
