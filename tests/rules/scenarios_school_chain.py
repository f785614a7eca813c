"""Scenarios of (三) and (四): the worked cases E and K and their neighbours."""

from __future__ import annotations

from typing import Any

from tests.rules.judging import USCC, Scenario
from tests.rules.scenarios_rent import (
    FOUND_T,
    LEASE,
    STAFF,
    altered,
    firm,
    held_by,
    leases,
    parts,
    t,
)

KINDERGARTEN = firm(
    name="测试幼儿园",
    kind="private_non_enterprise",
    uscc="52110102MJ0000034L",
    registered_in=None,
    taxed_in=None,
    industry=None,
    employees=None,
    revenue=None,
)
SCHOOL: dict[str, Any] = {
    "school": "kindergarten",
    "approval": "district_education",
    "approval_no": "测教民〔2019〕1号",
    "opening": "delayed_by_rule",
    **STAFF,
}
TRAINING = firm(name="测试培训", industry="other")


def rooms(*changes: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """An approved kindergarten in district state-owned rooms, one lease per set of changes."""
    rows = [
        altered(LEASE, {"use": "teaching", "lease_no": f"校租-{number}", **change})
        for number, change in enumerate(changes or ({},), 1)
    ]
    return altered({**SCHOOL, "leases": rows}, facts)


def school(case: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of a school."""
    more.setdefault("enterprise", KINDERGARTEN)
    return Scenario(case, words, "m03_school", facts=facts, **more)


SCHOOLS = (
    school(
        "E02",
        "classrooms and a separate office",
        rooms({}, {"use": "office", "rent": "10000"}, school="training"),
        enterprise=TRAINING,
    ),
    school("E03", "privately owned premises", rooms({"owner": "private"})),
    school(
        "E05",
        "classes went online",
        rooms(school="training", opening="online_only"),
        enterprise=TRAINING,
    ),
    school(
        "E06",
        "3 of 60 dismissed",
        rooms({"rent": "40000"}, staff_before=60, staff_after=57, dismissed=3),
    ),
    school("E08", "a tax-exempt 民办非企业单位", rooms({"rent": "45000"})),
    school("E11", "a municipal landlord", rooms({"owner": "municipal_soe"})),
)

# BASE-K: a Xicheng company in one of the four trades; its branch is registered and taxed here, one
# of several directly run shops, meets (一)'s conditions, bears its own rent; findings on record.
BRANCH = firm(name="测试餐饮甲西城分公司", kind="branch")
PARENT = {"name": "测试餐饮甲", "registered_in": "xicheng", "taxed_in": "xicheng"}
FOUND_K = ("4.1", *FOUND_T, "4.8")
SHOP: dict[str, Any] = {"lease_no": "店租-1", "rent_borne_by": "branch"}


def paid(march: str | None, april: str | None, **row: Any) -> list[dict[str, Any]]:
    """Rent paid for March and April; None leaves the month out."""
    return [
        altered({"month": month, "paid": yuan}, row)
        for month, yuan in (("2020-03", march), ("2020-04", april))
        if yuan is not None
    ]


def shop(months: list[dict[str, Any]], change: dict[str, Any] | None = None, **facts: Any) -> Any:
    """BASE-K's facts with one shop."""
    return altered(
        {
            "trade": "catering",
            "outlet": "branch",
            "chain": "direct",
            "shops_total": 5,
            "operation": "closed_by_rule",
            **STAFF,
            "parent": PARENT,
            "shops": [altered({**SHOP, "months": months}, change or {})],
        },
        facts,
    )


def chain(case: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of a chain shop."""
    more.setdefault("enterprise", BRANCH)
    more.setdefault("found", FOUND_K)
    return Scenario(case, words, "m04_chain_shop", facts=facts, **more)


ELSEWHERE = {"registered_in": "chaoyang", "taxed_in": "chaoyang"}
WAIVED = held_by(
    "WQ200601-0000003-X",
    {f"rent:{USCC}:店租1:{month}": "30000.00" for month in ("2020-03", "2020-04")},
)
CHAINS = (
    chain("K01", "60,000 in each month", shop(paid("60000", "60000"))),
    chain(
        "K03",
        "a franchised convenience store",
        shop(paid("1", "1"), trade="convenience", chain="franchise"),
    ),
    chain(
        "K04",
        "a hair salon run by a subsidiary",
        shop(paid("1", "1"), trade="beauty", outlet="subsidiary"),
        enterprise=firm(),
    ),
    chain("K06", "a laundry", shop(paid("10000", "10000"), trade="other")),
    chain("K07", "both months waived", shop(paid("0", "0", rent_due="30000", reduction="30000"))),
    chain("K09", "the parent sits in Chaoyang", shop(paid("30000", "30000"), parent=ELSEWHERE)),
    chain(
        "K10",
        "branch and shop in Haidian",
        shop(paid("30000", "30000"), {"premises_district": "haidian"}),
        enterprise=altered(BRANCH, {"registered_in": "haidian", "taxed_in": "haidian"}),
    ),
    chain("K12", "33,333.33 in each month", shop(paid("33333.33", "33333.33"))),
    chain("K13", "50,000 still unpaid", shop(paid("0", "0", rent_due="25000"))),
    chain("K18", "one shop only", shop(paid("20000", "20000"), shops_total=1)),
    chain(
        "K19", "the lease ended on 31 March", shop(paid("40000", None), {"ends_on": "2020-03-31"})
    ),
)
K15 = (
    t("K15", "the waiver under (一)", leases(), enterprise=BRANCH),
    chain(
        "K15",
        "(四) on the rent that (一) waived",
        shop(paid("30000", "30000", rent_due="30000")),
        context=WAIVED,
    ),
)
K16 = chain(
    "K16",
    "a landlord cut half, the branch paid half",
    shop(paid("30000", "30000", rent_due="60000", reduction="30000")),
)

YES, NO, HUMAN, ASK = "eligible", "ineligible", "needs_determination", "incomplete"


def n(
    make: Any, case: str, words: str, outcome: str, amount: str | None, facts: Any, **more: Any
) -> Scenario:
    """A neighbour of a worked case, with the answer expected."""
    scenario: Scenario = make(f"{case}~", words, facts, outcome=outcome, amount=amount, **more)
    return scenario


SCHOOL_NEIGHBOURS = (
    n(school, "E01", "a kindergarten, 50,000 a month", YES, "100000.00", rooms({"rent": "50000"})),
    n(
        school,
        "E04",
        "(一) waived the same rent before",
        HUMAN,
        "0.00",
        rooms(),
        context=held_by(
            "WQ200601-0000003-X",
            {f"rent:52110102MJ0000034L:校租1:2020-0{m}": "1.00" for m in (3, 4)},
        ),
    ),
    n(school, "E07", "opened on time", NO, "0.00", rooms(opening="opened")),
    n(school, "E07", "not approved", NO, "0.00", rooms(approval="none")),
    n(school, "E07", "approved without a number", ASK, None, rooms(approval_no=None)),
    n(school, "E07", "neither kindergarten nor training", NO, "0.00", rooms(school="other")),
    n(
        school,
        "E10",
        "premises outside Xicheng: no 区内 here",
        YES,
        "60000.00",
        rooms({"premises_district": "haidian"}),
    ),
    n(school, "E10", "approved by the city", YES, "60000.00", rooms(approval="city_education")),
    n(school, "E02", "a shop is no classroom", NO, "0.00", rooms({"use": "production"})),
    n(
        school,
        "E02",
        "one lease for teaching and a canteen let on",
        YES,
        "40000.00",
        rooms(
            {
                "use": "mixed",
                "rent": None,
                "parts": parts(("teaching", "rent", "20000"), ("production", "rent", "9")),
            }
        ),
    ),
    n(
        school,
        "E06",
        "60 before, 57 now, nobody dismissed",
        HUMAN,
        "60000.00",
        rooms(staff_before=60, staff_after=57),
    ),
    n(
        school,
        "E06",
        "a finding settles it",
        YES,
        "60000.00",
        rooms(staff_before=60, staff_after=57, dismissed=3),
        found=("3.6",),
    ),
)
CHAIN_NEIGHBOURS = (
    n(
        chain,
        "K02",
        "the parent is large, the branch small",
        YES,
        "18000.00",
        shop(paid("30000", "30000"), parent=None, branch=altered(BRANCH, {"kind": None})),
        enterprise=firm(employees=5000, revenue="900000000"),
    ),
    n(
        chain,
        "K02",
        "the branch itself is large",
        NO,
        "0.00",
        shop(paid("1", "1")),
        enterprise=altered(BRANCH, {"employees": 5000, "revenue": "900000000"}),
    ),
    n(
        chain,
        "K02",
        "the chain applies and names no branch",
        ASK,
        None,
        shop(paid("1", "1"), parent=None),
        enterprise=firm(),
    ),
    n(
        chain,
        "K05",
        "a 个体工商户 shop",
        NO,
        "0.00",
        shop(paid("1", "1"), outlet="individual_business"),
    ),
    n(
        chain,
        "K08",
        "head office bears the rent",
        NO,
        "0.00",
        shop(paid("1", "1"), {"rent_borne_by": "parent"}),
    ),
    n(
        chain,
        "K08",
        "head office pays for the branch",
        HUMAN,
        "600.00",
        shop(paid("1000", "1000"), {"rent_borne_by": "parent_for_branch"}),
    ),
    n(
        chain,
        "K11",
        "the parent's places are not given",
        ASK,
        None,
        shop(paid("1", "1"), parent={"name": "测试"}),
    ),
    n(
        chain,
        "K13",
        "what was paid is not given",
        ASK,
        None,
        shop([{"month": "2020-03", "rent_due": "1"}]),
    ),
    n(
        chain,
        "K14",
        "March paid, April not",
        HUMAN,
        "9000.00",
        shop(
            [
                {"month": "2020-03", "rent_due": "30000", "paid": "30000"},
                {"month": "2020-04", "rent_due": "30000", "paid": "0"},
            ]
        ),
    ),
    n(
        chain,
        "K14",
        "paid more than was due: what was due",
        YES,
        "6000.00",
        shop(paid("20000", "20000", rent_due="15000", reduction="5000")),
    ),
    n(
        chain,
        "K17",
        "an office half waived under (一), seen in its own figures",
        YES,
        "9000.00",
        shop(paid("15000", "15000", rent_due="30000", reduction="15000", waived_under_m01="15000")),
        context=held_by(
            "WQ200601-0000003-X", {f"rent:{USCC}:店租1:2020-0{m}": "15000.00" for m in (3, 4)}
        ),
    ),
    n(
        chain,
        "K17",
        "half waived under (一), paid in full before",
        YES,
        "9000.00",
        shop(paid("30000", "30000", rent_due="30000")),
        context=held_by(
            "WQ200601-0000003-X", {f"rent:{USCC}:店租1:2020-0{m}": "15000.00" for m in (3, 4)}
        ),
    ),
    n(chain, "K18", "two shops", YES, "12000.00", shop(paid("20000", "20000"), shops_total=2)),
    n(
        chain,
        "K19",
        "May is no month of (四)",
        NO,
        "0.00",
        shop([{"month": "2020-05", "paid": "40000"}]),
    ),
    n(
        chain,
        "K19",
        "rent paid for April after the lease ended",
        YES,
        "12000.00",
        shop(paid("40000", "40000"), {"ends_on": "2020-03-31"}),
    ),
    n(
        chain,
        "K19",
        "the lease ended on 29 February",
        NO,
        "0.00",
        shop(paid("40000", "40000"), {"ends_on": "2020-02-29"}),
    ),
    n(
        chain,
        "K19",
        "the lease began on 30 April",
        YES,
        "300.00",
        shop(paid(None, "1000"), {"starts_on": "2020-04-30"}),
    ),
    n(
        chain,
        "K19",
        "the lease began on 1 May",
        NO,
        "0.00",
        shop(paid("40000", "40000"), {"starts_on": "2020-05-01"}),
    ),
    n(
        chain,
        "K19",
        "the same shop was granted before",
        HUMAN,
        "0.00",
        shop(paid("40000", "40000")),
        context=held_by(
            "WQ200601-0000004-X",
            {
                f"{kind}:{USCC}:店租1:2020-0{m}": "12000.00"
                for m in (3, 4)
                for kind in ("shop", "rent")
            },
        ),
    ),
    n(
        t,
        "K15",
        "(四) counted the rent first",
        HUMAN,
        "0.00",
        leases({"lease_no": "店租-1"}),
        enterprise=BRANCH,
        context=WAIVED,
    ),
)
