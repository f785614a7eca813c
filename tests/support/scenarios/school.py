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
    "approval_district": "xicheng",
    "approval_no": "测教民〔2019〕1号",
    "opening": "delayed_by_rule",
    **STAFF,
}
FOUND_E = ("3.2", "3.5")
"""教委 has found the approval on its register and that the opening was delayed by rule."""
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
    more.setdefault("found", FOUND_E)
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
        found=("3.2",),
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
    n(school, "E07", "not approved", NO, "0.00", rooms(approval="none", approval_district=None)),
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
    n(
        school,
        "E10",
        "approved by the city",
        YES,
        "60000.00",
        rooms(approval="city_education", approval_district=None),
    ),
    n(school, "E01", "nothing found yet", HUMAN, "60000.00", rooms(), found=()),
    n(school, "E01", "the approval alone is found", HUMAN, "60000.00", rooms(), found=("3.2",)),
    n(school, "E01", "the delay alone is found", HUMAN, "60000.00", rooms(), found=("3.5",)),
    n(school, "E01", "not on 教委's register", NO, "0.00", rooms(), found=("!3.2", "3.5")),
    n(school, "E01", "not delayed by rule, as found", NO, "0.00", rooms(), found=("3.2", "!3.5")),
    n(
        school,
        "E01",
        "opened before the day that was planned",
        HUMAN,
        "60000.00",
        rooms(planned_opening_on="2020-02-17", opened_on="2020-02-10"),
        found=("3.2",),
    ),
    n(
        school,
        "E07",
        "which district's 教委 approved it is not said",
        ASK,
        None,
        rooms(approval_district=None),
    ),
    n(
        school,
        "E07",
        "approved by Haidian's 教委: nothing counts until it is found",
        HUMAN,
        "0.00",
        rooms(approval_district="haidian"),
        found=("3.5",),
    ),
    n(
        school,
        "E07",
        "approved by Haidian's 教委, which 区教委 accepts",
        YES,
        "60000.00",
        rooms(approval_district="haidian"),
    ),
    n(
        school,
        "E08",
        "a public kindergarten says that it is private",
        NO,
        "0.00",
        rooms(),
        enterprise=firm(kind="public_body", uscc="12100000400000624D"),
    ),
    n(
        school,
        "E08",
        "a public body's code under another kind",
        HUMAN,
        "0.00",
        rooms(),
        enterprise=firm(kind="private_non_enterprise", uscc="12100000400000624D"),
    ),
    n(
        school,
        "E08",
        "a natural person is no kindergarten",
        NO,
        "0.00",
        rooms(),
        enterprise={"name": "测试甲", "kind": "natural_person"},
    ),
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
        found=(*FOUND_E, "3.6"),
    ),
)
