"""Scenarios of (六): the worked cases G and their neighbours."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rules.model import Context
from tests.support.scenarios.judging import USCC, Scenario

FIRM: dict[str, Any] = {
    "uscc": USCC,
    "name": "测试企业甲",
    "kind": "enterprise",
    "registered_in": "xicheng",
    "taxed_in": "xicheng",
    "located_in": "xicheng",
    "industry": "catering",
    "employees": 30,
    "revenue": "8000000",
}
LARGE = {**FIRM, "employees": 300, "revenue": "100000000"}
INDIVIDUAL = {**FIRM, "kind": "individual_business", "uscc": "92110102MA00B00231"}

# BASE-G: a government guarantee institution in Xicheng; an SME borrower; disbursed in 2020; one
# year; 认定 on record; the old composite rate at or above 2 %.
INSTITUTION = {**FIRM, "name": "测试融资担保公司", "industry": "other", "employees": 40}
LOAN: dict[str, Any] = {
    "contract_no": "测保-001",
    "borrower_name": "测试借款企业",
    "industry": "retail",
    "employees": 20,
    "revenue": "3000000",
    "amount": "10000000",
    "disbursed": True,
    "disbursed_on": "2020-04-15",
    "starts_on": "2020-04-15",
    "ends_on": "2021-04-14",
    "rate_percent": "1.0",
    "old_rate_percent": "2.2",
}
RECOGNISED = ("6.4",)
MEDIUM = {"industry": "retail", "employees": 100, "revenue": "60000000"}


def guarantees(*changes: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """BASE-G's facts with one guarantee per set of changes; None takes a fact away."""
    rows = []
    for number, change in enumerate(changes or ({},)):
        row = {**LOAN, "contract_no": f"测保-{number:03}", **change}
        rows.append({name: value for name, value in row.items() if value is not None})
    return {"guarantor": "government", "guarantees": rows, **facts}


def granted(used: str) -> Context:
    """The institution's running total before this application, yuan."""
    return Context(cap_used=Decimal(used))


def g(case: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of (六)'s subsidy."""
    more.setdefault("enterprise", INSTITUTION)
    more.setdefault("found", RECOGNISED)
    return Scenario(case, words, "m06_guarantee", facts=facts, **more)


GUARANTEES = (
    g("G02", "charged exactly 2 %", guarantees({"rate_percent": "2.00"})),
    g(
        "G03",
        "charged 1.99 %, before 2.23 %",
        guarantees({"rate_percent": "1.99", "old_rate_percent": "2.23"}),
    ),
    g(
        "G05",
        "charged 0.8 %, before only 1.8 %",
        guarantees({"rate_percent": "0.8", "old_rate_percent": "1.8"}),
    ),
    g("G06", "a thousand million at 1 %: exactly the cap", guarantees({"amount": "1000000000"})),
    g(
        "G08",
        "3.2 million granted before, 2.5 million computed now",
        guarantees({"amount": "500000000"}),
        context=granted("3200000.00"),
    ),
    g(
        "G11",
        "the borrower is large",
        guarantees({"industry": "retail", "employees": 300, "revenue": "200000000"}),
    ),
    g(
        "G12",
        "the institution sits in Dongcheng",
        guarantees(),
        enterprise={**INSTITUTION, "located_in": "dongcheng", "registered_in": "dongcheng"},
    ),
    g(
        "G14",
        "a loan of two years: the first fee-year only",
        guarantees({"amount": "4000000", "ends_on": "2022-04-14"}),
    ),
    g(
        "G15",
        "a private institution",
        guarantees(
            {"amount": "6000000", "rate_percent": "1.5", "old_rate_percent": "2.5"},
            guarantor="private",
        ),
    ),
    g(
        "G17",
        "a branch after its head office took 4.6 million",
        guarantees({"amount": "180000000"}, head_office_uscc="91110105MA00D0059L"),
        enterprise={**INSTITUTION, "kind": "branch"},
        context=granted("4600000.00"),
    ),
    g(
        "G18",
        "a medium borrower of a government institution, before exactly 2 %",
        guarantees(
            {
                "amount": "3000000",
                "rate_percent": "1.4",
                "old_rate_percent": "2.0",
                "industry": "retail",
                "employees": 100,
                "revenue": "60000000",
            }
        ),
    ),
)

GUARANTEE_NEIGHBOURS = (
    g("G01~", "1 % instead of 2.2 %", guarantees(), outcome="eligible", amount="50000.00"),
    g(
        "G04~",
        "charged 2.5 %, above the limit",
        guarantees({"rate_percent": "2.5", "old_rate_percent": "3"}),
        outcome="ineligible",
        amount="0.00",
    ),
    g(
        "G07~",
        "a fen's worth above the cap",
        guarantees({"amount": "1000000002"}),
        outcome="eligible",
        amount="5000000.00",
    ),
    g(
        "G07~ fen below",
        "a fen below the cap is paid to the fen",
        guarantees({"amount": "999999998"}),
        outcome="eligible",
        amount="4999999.99",
    ),
    g(
        "G08~",
        "nothing is left under the cap",
        guarantees(),
        context=granted("5000000.00"),
        outcome="eligible",
        amount="0.00",
    ),
    g(
        "G10~",
        "guaranteed but not disbursed",
        guarantees({"disbursed": False, "disbursed_on": None}),
        outcome="ineligible",
        amount="0.00",
    ),
    g(
        "G10~ mixed",
        "one loan of two was never disbursed",
        guarantees({}, {"disbursed": False, "disbursed_on": None}),
        outcome="eligible",
        amount="50000.00",
    ),
    g(
        "G13~",
        "half a year is half a year's fee",
        guarantees({"ends_on": "2020-10-14"}),
        outcome="eligible",
        amount="25000.00",
    ),
    g(
        "G13~ 2019",
        "disbursed on the last day of 2019",
        guarantees({"disbursed_on": "2019-12-31"}),
        outcome="needs_determination",
        amount="0.00",
    ),
    g(
        "G13~ 2020",
        "disbursed on the first day of 2020",
        guarantees({"disbursed_on": "2020-01-01"}),
        outcome="eligible",
        amount="50000.00",
    ),
    g(
        "G16~",
        "the rate before is not known: the gap to 2 %, provisional",
        guarantees({"old_rate_percent": None}),
        outcome="needs_determination",
        amount="50000.00",
    ),
    g(
        "G16~ none",
        "the rate was 1 % before and is 1 % now: a government institution did not halve",
        guarantees({"old_rate_percent": "1"}),
        outcome="ineligible",
        amount="0.00",
    ),
    g(
        "G16~ own word",
        "a government institution that says it did not halve",
        guarantees({"fee_halved": False}),
        outcome="ineligible",
        amount="0.00",
    ),
    g(
        "G16~ found",
        "a government institution, found not to have halved",
        guarantees(),
        found=(*RECOGNISED, "!6.half"),
        outcome="ineligible",
        amount="0.00",
    ),
    g(
        "G16~ mixed",
        "one guarantee halved, one not",
        guarantees({}, {"old_rate_percent": "1"}),
        outcome="eligible",
        amount="50000.00",
    ),
    g(
        "G16~ half",
        "cut by less than half of the composite rate: shown, and paid as computed",
        guarantees({"old_rate_percent": "1.9"}),
        found=(*RECOGNISED, "6.7"),
        outcome="eligible",
        amount="45000.00",
    ),
    g(
        "G16~ medium",
        "a medium borrower's fee need not be halved: nothing was cut all the same",
        guarantees({**MEDIUM, "old_rate_percent": "1"}),
        outcome="needs_determination",
        amount="0.00",
    ),
    g(
        "G16~ medium found",
        "a medium borrower, nothing cut, as found: nothing is paid, and it says why",
        guarantees({**MEDIUM, "old_rate_percent": "1"}),
        found=(*RECOGNISED, "6.7"),
        outcome="eligible",
        amount="0.00",
    ),
    g(
        "G16~ private",
        "a private institution need not halve",
        guarantees({"old_rate_percent": "1"}, guarantor="private"),
        outcome="needs_determination",
        amount="0.00",
    ),
    g(
        "G16~ individual",
        "a 个体工商户's fee need not be halved by the words",
        guarantees({"old_rate_percent": "1", "borrower_kind": "individual_business"}),
        outcome="needs_determination",
        amount="0.00",
    ),
    g(
        "G16~ 2019",
        "the halving is of 2020",
        guarantees({"old_rate_percent": "1", "disbursed_on": "2019-12-31"}),
        outcome="needs_determination",
        amount="0.00",
    ),
    g(
        "G19~ differ",
        "the fees listed and the rate stated differ: nothing counts until it is checked",
        guarantees({"fees": [{"name": "担保费", "amount": "101000"}]}),
        outcome="needs_determination",
        amount="0.00",
    ),
    g(
        "G19~ rounded",
        "the rate stated is the fees' own, rounded",
        guarantees({"fees": [{"name": "担保费", "amount": "100499.99"}]}),
        outcome="eligible",
        amount="49750.01",  # (200,000 - 100,499.99) / 2 = 49,750.005
    ),
    g(
        "G19~ old differ",
        "the fees and the rate before differ",
        guarantees({"old_fees": "190000"}),
        outcome="needs_determination",
        amount="0.00",
    ),
    g(
        "G19~",
        "fees given in yuan, fee by fee",
        guarantees(
            {
                "rate_percent": None,
                "old_rate_percent": None,
                "fees": [
                    {"name": "担保费", "amount": "110000.01"},
                    {"name": "评审费", "amount": "12345.66"},
                ],
                "old_fees": "220000",
            }
        ),
        outcome="eligible",
        amount="38827.17",  # (200,000.00 - 122,345.67) / 2 = 38,827.165
    ),
    g(
        "G19~ elsewhere",
        "the borrower sits in Haidian: no condition, but shown",
        guarantees({"borrower_district": "haidian"}),
        outcome="eligible",
        amount="50000.00",
    ),
    g(
        "G~ sum",
        "loans are summed one by one, none below zero",
        guarantees({}, {"rate_percent": "2.8"}, {"rate_percent": "1.5"}),
        outcome="eligible",
        amount="75000.00",
    ),
    g(
        "G~ twice",
        "one contract filed twice in one application",
        guarantees({"contract_no": "测保-A1"}, {"contract_no": "测保 a1"}),
        outcome="needs_determination",
        amount="50000.00",
    ),
    g(
        "G~ unrecognised",
        "认定 is not on record",
        guarantees(),
        found=(),
        outcome="needs_determination",
        amount="50000.00",
    ),
    g(
        "G~ no rate",
        "no fee and no rate given",
        guarantees({"rate_percent": None}),
        outcome="incomplete",
    ),
    g(
        "G~ branch",
        "a branch that does not name its head office",
        guarantees(),
        enterprise={**INSTITUTION, "kind": "branch"},
        outcome="incomplete",
    ),
    g("G~ empty", "no guarantee listed", {"guarantor": "government"}, outcome="incomplete"),
)
