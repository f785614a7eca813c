"""Scenarios of (三): the worked cases E and their neighbours."""

from __future__ import annotations

from typing import Any

from tests.support.scenarios.judging import Scenario
from tests.support.scenarios.judging import neighbour as n
from tests.support.scenarios.rent import LEASE, STAFF, altered, firm, held_by, parts

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
YES, NO, HUMAN, ASK = "eligible", "ineligible", "needs_determination", "incomplete"


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
            {f"rent:52110102MJ0000034L:校租-1:2020-0{m}": "1.00" for m in (3, 4)},
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
