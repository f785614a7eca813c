"""Cases next to the worked cases T: each date, each threshold, each way of stating rent."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.support.scenarios.judging import USCC, Scenario
from tests.support.scenarios.rent import (
    APRIL,
    FOUND_T,
    GRANTED_BEFORE,
    MARCH,
    firm,
    held_by,
    leases,
    months,
    parts,
    t,
)

YES, NO, HUMAN, REFER, ASK = (
    "eligible",
    "ineligible",
    "needs_determination",
    "referred",
    "incomplete",
)
INDIVIDUAL = firm(kind="individual_business", uscc="92110102MA00B00231", employees=None)


def n(case: str, words: str, outcome: str, amount: str | None, facts: Any, **more: Any) -> Scenario:
    """A neighbour of a worked case, with the answer expected."""
    return t(f"{case}~", words, facts, outcome=outcome, amount=amount, **more)


WHO = (
    n("T03", "a 个体工商户 needs no size", YES, "60000.00", leases(), enterprise=INDIVIDUAL),
    n(
        "T10",
        "registered here, taxed in Chaoyang",
        NO,
        "0.00",
        leases(),
        enterprise=firm(taxed_in="chaoyang"),
    ),
    n("T10", "tax place blank", ASK, None, leases(), enterprise=firm(taxed_in=None)),
    n(
        "T12",
        "a retailer one person below the large threshold",
        YES,
        "60000.00",
        leases(),
        enterprise=firm(industry="retail", employees=299, revenue="200000000"),
    ),
    n(
        "T12",
        "a retailer one fen below the large threshold",
        YES,
        "60000.00",
        leases(),
        enterprise=firm(industry="retail", employees=300, revenue="199999999.99"),
    ),
    n(
        "T12",
        "one indicator below is enough, the other is blank",
        YES,
        "60000.00",
        leases(),
        enterprise=firm(industry="retail", employees=299, revenue=None),
    ),
    n("T18", "nobody dismissed, five left", HUMAN, "60000.00", leases(staff_after=25)),
    n("T18", "neither open as required nor closed", NO, "0.00", leases(operation="neither")),
    n("T32", "clearance found by an official", NO, "0.00", leases(), found=("!1.3", *FOUND_T[2:])),
    n("T33", "unlawful by its own word", NO, "0.00", leases(operates_lawfully=False), found=()),
    n(
        "T36",
        "a 民办非企业单位 is sent to (三)",
        NO,
        "0.00",
        leases(),
        enterprise=firm(kind="private_non_enterprise", uscc="52110102MJ0000034L"),
    ),
)

WHERE_FROM_WHOM = (
    n("T13", "another district's SOE", NO, "0.00", leases({"owner": "other_district_soe"})),
    n("T13", "premises in Chaoyang", NO, "0.00", leases({"premises_district": "chaoyang"})),
    n("T14", "one lease of two is private", YES, "60000.00", leases({}, {"owner": "private"})),
    n("T15", "a natural person owns the shop", REFER, "0.00", leases({"owner": "individual"})),
    n("T15", "the owner is not stated", ASK, None, leases({"owner": None})),
    n(
        "T15",
        "other premises of a municipal owner",
        REFER,
        "0.00",
        {"leases": [{"owner": "municipal_soe"}]},
        provision="m01_other",
    ),
    n(
        "T15",
        "filed as other premises, but the owner is a district SOE",
        REFER,
        "0.00",
        {"leases": [{"owner": "district_soe"}]},
        provision="m01_other",
    ),
    n("T15", "other premises, no owner", ASK, None, {"leases": [{}]}, provision="m01_other"),
    n(
        "T22",
        "the sublessor charges less than the state owner",
        HUMAN,
        "14000.00",
        leases({"lease_form": "sublease", "rent": "7000", "head_rent": "8000"}),
    ),
    n(
        "T22",
        "the state owner's rent is not known",
        ASK,
        None,
        leases({"lease_form": "sublease", "rent": "7000"}),
    ),
)

USES = (
    n(
        "T04",
        "itemised, and March rent-free for the whole lease",
        YES,
        "21000.00",
        leases(
            {
                "use": "mixed",
                "rent": None,
                "parts": parts(("production", "rent", "18000"), ("office", "rent", "6000")),
                "months": months((MARCH, "0"), (APRIL, None)),
            }
        ),
    ),
    n("T05", "mixed use without its parts", ASK, None, leases({"use": "mixed"})),
    n("T19", "office, shut by rule", YES, "30000.00", leases({"use": "office"})),
    n(
        "T19",
        "mixed, neither open nor closed: the office part is a reading",
        HUMAN,
        "0.00",
        leases(
            {
                "use": "mixed",
                "parts": parts(("production", "area", "1"), ("office", "area", "1")),
            },
            operation="neither",
        ),
    ),
    n(
        "T34",
        "a firm's classrooms are rooms it produces in",
        YES,
        "60000.00",
        leases({"use": "teaching"}),
    ),
)

TERMS = (
    n(
        "T06",
        "starts 16 March",
        YES,
        "47000.00",
        leases({"starts_on": "2020-03-16", "rent": "31000"}),
    ),
    n(
        "T06",
        "starts 16 March, the contract says what is due",
        YES,
        "45000.00",
        leases({"starts_on": "2020-03-16", "months": months((MARCH, "15000"), (APRIL, None))}),
    ),
    n("T07", "ended on 29 February", NO, "0.00", leases({"ends_on": "2020-02-29"})),
    n("T07", "ends on 1 March", YES, "1000.00", leases({"ends_on": "2020-03-01", "rent": "31000"})),
    n("T07", "starts on 30 April", YES, "1000.00", leases({"starts_on": "2020-04-30"})),
    n("T27", "starts on 1 May", NO, "0.00", leases({"starts_on": "2020-05-01"})),
    n("T27", "only May is asked for", NO, "0.00", leases({"months": months(("2020-05", None))})),
    n(
        "T27",
        "only February is asked for",
        NO,
        "0.00",
        leases({"months": months(("2020-02", None))}),
    ),
    n("T27", "only April is asked for", YES, "30000.00", leases({"months": months((APRIL, None))})),
    n("T09", "360,000 a year", YES, "60000.00", leases({"rent_basis": "year", "rent": "360000"})),
    n("T09", "1,000 a day", YES, "61000.00", leases({"rent_basis": "day", "rent": "1000"})),
    n("T09", "the period is not stated", ASK, None, leases({"rent_basis": None})),
    n(
        "T21",
        "2,000 of 10,000 are fees",
        YES,
        "16000.00",
        leases({"rent": "10000", "fees_included": True, "other_fees": "2000"}),
    ),
    n("T21", "fees not told apart", ASK, None, leases({"fees_included": True})),
    n(
        "T24",
        "half of March was waived before",
        YES,
        "45000.00",
        leases({"months": [{"month": MARCH, "relief_received": "15000"}, {"month": APRIL}]}),
    ),
    n(
        "T24",
        "an office that already has its half",
        YES,
        "0.00",
        leases(
            {
                "use": "office",
                "months": months((MARCH, None), (APRIL, None), relief_received="15000"),
            }
        ),
    ),
)

BOUNDS = (
    n(
        "T21",
        "the rent due passes the lease's rent",
        HUMAN,
        "0.00",
        leases({"months": months((MARCH, "30000.01"), (APRIL, None))}),
    ),
    n(
        "T21",
        "the lease makes more due, as found",
        YES,
        "60000.01",
        leases({"months": months((MARCH, "30000.01"), (APRIL, None))}),
        found=(*FOUND_T, "1.rent"),
    ),
    n(
        "T08",
        "a quarter's rent due by days, as the contract has it",
        YES,
        "61000.00",
        leases(
            {
                "rent_basis": "quarter",
                "rent": "91000",
                "months": months((MARCH, "31000"), (APRIL, "30000")),
            }
        ),
    ),
    n(
        "T08",
        "a quarter's rent due in one month",
        HUMAN,
        "0.00",
        leases({"rent_basis": "quarter", "rent": "91000", "months": months((MARCH, "91000"))}),
    ),
    n(
        "T09",
        "a year's rent due in one month",
        HUMAN,
        "0.00",
        leases({"rent_basis": "year", "rent": "360000", "months": months((MARCH, "360000"))}),
    ),
    n(
        "T07",
        "rent stated for a month after the lease ended",
        YES,
        "30000.00",
        leases({"ends_on": "2020-03-31", "months": months((MARCH, "30000"), (APRIL, "30000"))}),
    ),
    n(
        "T24",
        "more relief than rent",
        HUMAN,
        "0.00",
        leases({"months": [{"month": MARCH, "relief_received": "30000.01"}]}),
    ),
    n(
        "T24",
        "the whole rent was waived before",
        YES,
        "0.00",
        leases({"months": [{"month": MARCH, "relief_received": "30000"}]}),
    ),
    n(
        "T04",
        "the parts come to more than the lease",
        HUMAN,
        "0.00",
        leases(
            {
                "use": "mixed",
                "rent": "20000",
                "parts": parts(("production", "rent", "18000"), ("office", "rent", "6000")),
            }
        ),
    ),
    n(
        "T21",
        "fees are given, whether the rent holds them is not",
        ASK,
        None,
        leases({"other_fees": "1"}),
    ),
    n(
        "T21",
        "the rent holds no fees, and some are given",
        HUMAN,
        "0.00",
        leases({"fees_included": False, "other_fees": "1"}),
    ),
    n("T22", "rented directly, with a sublessor's rent", HUMAN, "0.00", leases({"head_rent": "1"})),
    n(
        "T23",
        "both months are rent-free under the lease",
        YES,
        "0.00",
        leases({"months": months((MARCH, "0"), (APRIL, "0"))}),
    ),
    n(
        "T30",
        "a lease whose figures contradict beside one that is right",
        HUMAN,
        "60000.00",
        leases({}, {"months": months((MARCH, "30000.01"))}),
    ),
)

REPEATS = (
    n(
        "T28",
        "March was granted before, April is new",
        HUMAN,
        "30000.00",
        leases(),
        context=held_by("WQ200601-0000001-X", {f"rent:{USCC}:西租-001:{MARCH}": "30000.00"}),
    ),
    n(
        "T28",
        "only the new month is asked for",
        YES,
        "30000.00",
        leases({"months": months((APRIL, None))}),
        context=held_by("WQ200601-0000001-X", {f"rent:{USCC}:西租-001:{MARCH}": "30000.00"}),
    ),
    n(
        "T28",
        "the number is typed in another way",
        HUMAN,
        "0.00",
        leases({"lease_no": " 西租－０ 01"}),
        context=GRANTED_BEFORE,
    ),
    n(
        "T29",
        "another lease is no repeat",
        YES,
        "60000.00",
        leases({"lease_no": "西租-9"}),
        context=GRANTED_BEFORE,
    ),
    n("T30", "one lease listed twice", HUMAN, "60000.00", leases({}, {"lease_no": "西租-001"})),
    n("T30", "nothing to tell the lease by", ASK, None, leases({"lease_no": None})),
    n(
        "T30",
        "the address tells the lease",
        YES,
        "60000.00",
        leases({"lease_no": None, "address": "测试街1号"}),
    ),
)

DAYS = (
    n(
        "T01",
        "received the day before the notice",
        "not_in_force",
        "0.00",
        leases(),
        day=date(2020, 5, 10),
    ),
    n("T01", "received on the day of the notice", YES, "60000.00", leases(), day=date(2020, 5, 11)),
    n("T01", "received the day after", YES, "60000.00", leases(), day=date(2020, 5, 12)),
    n(
        "T01",
        "received years later: no deadline is printed",
        YES,
        "60000.00",
        leases(),
        day=date(2026, 1, 1),
    ),
)

TENANT_NEIGHBOURS = (*WHO, *WHERE_FROM_WHOM, *USES, *TERMS, *BOUNDS, *REPEATS, *DAYS)
