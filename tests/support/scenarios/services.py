"""Scenarios of the measures that help: (五), (七) to (十二), (十四), and routes of (十三)."""

from __future__ import annotations

from typing import Any

from tests.support.scenarios.finance import FIRM, INDIVIDUAL, LARGE
from tests.support.scenarios.judging import Scenario
from tests.support.scenarios.training import FOUND_S, training

PERSON = {"name": "测试甲", "kind": "natural_person"}
KINDERGARTEN = {**FIRM, "kind": "private_non_enterprise", "uscc": "52110102MJ0000034L"}
SOFTWARE = {**FIRM, "industry": "software", "employees": 18}


def f(case: str, provision: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of a service or a discretionary measure."""
    more.setdefault("enterprise", FIRM)
    return Scenario(case, words, provision, facts=facts, **more)


SERVICES = (
    f(
        "F01",
        "m05_finance",
        "an SME wants a loan",
        {"amount": "500000", "purpose": "周转"},
        phones=("83926742", "66290675"),
    ),
    f(
        "F03",
        "m05_finance",
        "an individual business wants a loan: not named, referred anyway",
        {},
        enterprise=INDIVIDUAL,
        phones=("83926742", "66290675"),
    ),
    f(
        "F04",
        "m07_procurement",
        "an SME wants to sell to state-owned enterprises",
        {"purchases": ["state_owned"], "products": "测试产品"},
        phones=("66112569", "66218055", "83926742"),
    ),
    f(
        "F06",
        "m09_culture",
        "a bookshop asks to join the culture vouchers",
        {"voucher": "culture", "bookshop": True},
        enterprise={**FIRM, "industry": "retail"},
        phones=("63134703",),
    ),
    f(
        "F07",
        "m09_culture",
        "a department store asks to join the gift-pack vouchers",
        {"voucher": "gift_pack"},
        enterprise={**FIRM, "industry": "retail"},
        phones=("83509353",),
    ),
    f(
        "F09",
        "m10_investment_risk",
        "a venture fund asks for support on a loss of 2,000,000",
        {"institution": "venture_capital", "loss": "2000000"},
        phones=("82205558",),
    ),
    f(
        "F10",
        "m10_research",
        "a high-tech firm of the park spent 40 % more on research",
        {
            "in_park": True,
            "certificate": "national",
            "research_2019": "1000000",
            "research_2020": "1400000",
        },
        enterprise=SOFTWARE,
        phones=("82205558",),
    ),
    f(
        "F12",
        "m11_fintech",
        "a fintech firm runs a blockchain pilot for a regulator",
        {"clients": ["regulator"], "technologies": ["blockchain"]},
        enterprise=SOFTWARE,
        phones=("82205552",),
    ),
    f(
        "F13",
        "m12_reopening",
        "a building site may not reopen",
        {"restriction": "工地不许复工", "business": "construction"},
        enterprise={**FIRM, "industry": "construction", "assets": "5000000"},
        phones=("66015590",),
    ),
    f(
        "F15",
        "m12_reopening",
        "an office firm in the park cannot get its workers back",
        {"restriction": "外地员工不能返岗", "in_park": True, "obstacle": "staff"},
        enterprise={**FIRM, "industry": "leasing_business", "assets": "5000000"},
        phones=("82205558", "66201219"),
    ),
    f(
        "V01",
        "m14_special_difficulty",
        "a special difficulty outside (一) to (十三)",
        {"field": "development", "difficulty": "供应链中断", "during_epidemic": True},
        phones=("83926742",),
    ),
    f(
        "R01",
        "m13_training",
        "city operation: no bureau is printed for the sector",
        training(sector="city_operation"),
        phones=("66201990", "66206171"),
    ),
)

NEIGHBOURS = (
    f(
        "R02",
        "m13_training",
        "a hair salon asks for both subsidies: two desks and the sector's desk",
        training(),
        enterprise={**FIRM, "industry": "other"},
        outcome="needs_determination",
        amount="20400.00",
        phones=("66201990", "66206171", "83509365"),
    ),
    f(
        "R03~",
        "m13_training",
        "a technology firm asks for both subsidies",
        training(sector="technology"),
        enterprise=SOFTWARE,
        found=FOUND_S,
        outcome="eligible",
        amount="20400.00",
        phones=("66201990", "66206171", "83976210"),
    ),
    f(
        "F02~",
        "m05_finance",
        "a private kindergarten wants a loan",
        {"school": "kindergarten"},
        enterprise=KINDERGARTEN,
        outcome="referred",
        phones=("66201155-26042", "66290675"),
    ),
    f(
        "F02~ large",
        "m05_finance",
        "a large enterprise wants a loan",
        {},
        enterprise=LARGE,
        outcome="ineligible",
    ),
    f(
        "F02~ unsized",
        "m05_finance",
        "nobody is kept from a bank contact for want of a balance sheet",
        {},
        enterprise={"uscc": FIRM["uscc"], "name": "测试企业乙", "kind": "enterprise"},
        outcome="referred",
    ),
    f(
        "F05~",
        "m08_vouchers",
        "an enterprise asks about innovation vouchers",
        {"project": "检测"},
        enterprise=LARGE,
        outcome="referred",
        phones=("83976210",),
    ),
    f(
        "F08~",
        "m10_hightech",
        "a park firm wants coaching towards a certificate",
        {"in_park": True},
        enterprise=SOFTWARE,
        outcome="referred",
        phones=("82205558",),
    ),
    f(
        "F08~ outside",
        "m10_hightech",
        "a firm outside the park wants coaching: shown where to go",
        {"in_park": False},
        enterprise=SOFTWARE,
        outcome="referred",
    ),
    f(
        "F11~",
        "m10_research",
        "a high-tech firm outside the park asks for research money",
        {"in_park": False, "certificate": "national"},
        enterprise=SOFTWARE,
        outcome="ineligible",
    ),
    f(
        "F11~ uncertified",
        "m10_research",
        "a park firm without a certificate asks for research money",
        {"in_park": True, "certificate": "none"},
        enterprise=SOFTWARE,
        outcome="ineligible",
    ),
    f(
        "F11~ found",
        "m10_research",
        "the park found every condition met: still no figure",
        {"in_park": True, "certificate": "zhongguancun"},
        enterprise=SOFTWARE,
        found=("10c.3", "10c.4"),
        outcome="eligible",
    ),
    f(
        "F11~ investor",
        "m10_investment_risk",
        "who is neither investor nor financial institution",
        {"institution": "other"},
        outcome="ineligible",
    ),
    f(
        "F12~ silent",
        "m11_fintech",
        "a fintech firm states nothing: a person's matter all the same",
        {},
        outcome="needs_determination",
        phones=("82205552",),
    ),
    f(
        "F14~",
        "m12_reopening",
        "a restaurant may not reopen",
        {"restriction": "不许堂食"},
        outcome="referred",
        phones=("83509369",),
    ),
    f(
        "F14~ silent",
        "m12_reopening",
        "nothing said about the restriction",
        {},
        outcome="incomplete",
    ),
    f(
        "F14~ elsewhere",
        "m12_reopening",
        "a restaurant in Haidian",
        {"restriction": "不许堂食"},
        enterprise={**FIRM, "located_in": "haidian"},
        outcome="ineligible",
    ),
    f(
        "F~ halving",
        "m06_fee_halving",
        "a small enterprise asks for the halved fee",
        {"guarantor": "government"},
        outcome="referred",
        phones=("83926742", "66022202"),
    ),
    f(
        "F~ halving medium",
        "m06_fee_halving",
        "a medium enterprise is not named in the first sentence",
        {},
        enterprise={**FIRM, "employees": 150, "revenue": "30000000"},
        outcome="ineligible",
    ),
    f(
        "F~ halving private",
        "m06_fee_halving",
        "a private institution is not bound to halve",
        {"guarantor": "private"},
        outcome="ineligible",
    ),
    f(
        "V02~ covered",
        "m14_special_difficulty",
        "a difficulty that (五) already covers",
        {"field": "finance", "difficulty": "贷款到期", "covered_by": "m05"},
        outcome="referred",
    ),
    f(
        "V02~ silent",
        "m14_special_difficulty",
        "the difficulty is not described",
        {"field": "rent"},
        outcome="incomplete",
    ),
    f(
        "V02~ person",
        "m14_special_difficulty",
        "a natural person is no 企业",
        {"field": "rent", "difficulty": "房租"},
        enterprise=PERSON,
        outcome="ineligible",
    ),
)
