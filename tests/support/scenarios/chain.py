"""Scenarios of (四): the worked cases K and their neighbours."""

from __future__ import annotations

from typing import Any

from tests.support.scenarios.judging import USCC, Scenario
from tests.support.scenarios.judging import neighbour as n
from tests.support.scenarios.rent import FOUND_T, STAFF, altered, firm, held_by, leases, t

# BASE-K: a Xicheng company in one of the four trades; its branch is registered and taxed here, one
# of several directly run shops, meets (一)'s conditions, bears its own rent; findings on record.
BRANCH = firm(name="测试餐饮甲西城分公司", kind="branch")
PARENT = {"name": "测试餐饮甲", "registered_in": "xicheng", "taxed_in": "xicheng"}
FOUND_K = ("4.1", *FOUND_T, "4.8")
PARENT_USCC = "91110102MA00C00454"
SHOP: dict[str, Any] = {"lease_no": "店租-1", "rent_borne_by": "branch"}


def paid(march: str | None, april: str | None, **row: Any) -> list[dict[str, Any]]:
    """Rent paid for March and April, as due; None leaves the month out."""
    return [
        altered({"month": month, "rent_due": yuan, "paid": yuan}, row)
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
    {f"rent:{USCC}:店租-1:{month}": "30000.00" for month in ("2020-03", "2020-04")},
)
# The lease is the parent's: the waiver stands under its code.
OF_A_CHAIN = {**PARENT, "uscc": PARENT_USCC}
WAIVED_TO_PARENT = held_by(
    "WQ200601-0000003-X",
    {f"rent:{PARENT_USCC}:店租-1:{month}": "30000.00" for month in ("2020-03", "2020-04")},
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
        "K13",
        "a million paid, the rent due is not given",
        ASK,
        None,
        shop(paid("1000000", None, rent_due=None)),
    ),
    n(
        chain,
        "K17",
        "a waiver is given and no reduction that it is part of",
        ASK,
        None,
        shop(paid("30000", None, waived_under_m01="30000")),
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
        "paid more than was due: what was due, and it is asked about",
        HUMAN,
        "6000.00",
        shop(paid("20000", "20000", rent_due="15000", reduction="5000")),
    ),
    n(
        chain,
        "K14",
        "paid more than was due, as found: what was due",
        YES,
        "6000.00",
        shop(paid("20000", "20000", rent_due="15000", reduction="5000")),
        found=(*FOUND_K, "4.rent"),
    ),
    n(
        chain,
        "K14",
        "paid in full before it was cut: what is left of the rent",
        YES,
        "6000.00",
        shop(paid("15000", "15000", rent_due="15000", reduction="5000")),
    ),
    n(
        chain,
        "K17",
        "an office half waived under (一), seen in its own figures",
        YES,
        "9000.00",
        shop(paid("15000", "15000", rent_due="30000", reduction="15000", waived_under_m01="15000")),
        context=held_by(
            "WQ200601-0000003-X", {f"rent:{USCC}:店租-1:2020-0{m}": "15000.00" for m in (3, 4)}
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
            "WQ200601-0000003-X", {f"rent:{USCC}:店租-1:2020-0{m}": "15000.00" for m in (3, 4)}
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
                f"{kind}:{USCC}:店租-1:2020-0{m}": "12000.00"
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
    n(
        chain,
        "K15",
        "the parent's waiver of the same lease",
        YES,
        "0.00",
        shop(paid("30000", "30000", rent_due="30000"), parent=OF_A_CHAIN),
        context=WAIVED_TO_PARENT,
    ),
    n(
        chain,
        "K15",
        "the parent's waiver, filed by the chain for its branch",
        YES,
        "0.00",
        shop(
            paid("30000", "30000", rent_due="30000"),
            parent=None,
            branch=altered(BRANCH, {"kind": None}),
        ),
        enterprise=firm(uscc=PARENT_USCC),
        context=WAIVED_TO_PARENT,
    ),
    n(
        chain,
        "K15",
        "the parent's waiver of half, which the rent paid shows already",
        YES,
        "9000.00",
        shop(
            paid("15000", "15000", rent_due="45000", reduction="30000", waived_under_m01="30000"),
            parent=OF_A_CHAIN,
        ),
        context=WAIVED_TO_PARENT,
    ),
    n(
        chain,
        "K15",
        "the parent's waiver of another lease",
        YES,
        "18000.00",
        shop(paid("30000", "30000"), {"lease_no": "店租-2"}, parent=OF_A_CHAIN),
        context=WAIVED_TO_PARENT,
    ),
)
