"""(一) to (四) on the same premises end alike in whatever order they are filed and determined.

The shop of K15: 30,000 yuan a month, waived under (一) or (三), else subsidised under (四).
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count, permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from casework.acts import review
from casework.acts.determination_rules import BenefitTaken, InvalidDetermination
from casework.acts.determine import Decision
from casework.people.access import Principal
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import column, scalar
from tests.support.office import Office, decide
from tests.support.scenarios.chain import BRANCH, OF_A_CHAIN, PARENT_USCC, paid, shop
from tests.support.scenarios.landlord import LANDLORD, one, tenants
from tests.support.scenarios.rent import LEASE, STAFF
from vocabulary.cases import State
from vocabulary.people import Role

COMMERCE = Principal("commerce", Role.OFFICER, "测试乙")
PLACE = {"lease_no": "店租-1", "address": "西城区测试街7号"}
WAIVED = {"operation": "closed_by_rule", **STAFF}


def waiver(use: str = "production", **enterprise: Any) -> dict[str, Any]:
    """(一): the branch's rent of two months, 30,000 yuan each."""
    lease = {**LEASE, **PLACE, "use": use, "stated_use": use}
    return {
        "provision": "m01_tenant",
        "enterprise": {**BRANCH, **enterprise},
        "facts": {**WAIVED, "leases": [lease]},
    }


def subsidy(**changes: Any) -> dict[str, Any]:
    """(四): the rent of the same shop, paid before anybody waived it."""
    facts = shop(paid("30000", "30000", rent_due="30000"), PLACE, parent=OF_A_CHAIN)
    return {"provision": "m04_chain_shop", "enterprise": BRANCH, "facts": {**facts, **changes}}


def cut(provision: str) -> dict[str, Any]:
    """(一) second paragraph, or (二): a landlord's cut of 10,000 yuan in each month."""
    facts = tenants(one("10000", "10000", lease_no="乙-1"))
    if provision == "m02_carrier":
        facts["carrier"] = "incubator"
    return {"provision": provision, "enterprise": LANDLORD, "facts": facts}


@dataclass
class Shop:
    """What is filed and determined about one shop. `codes`: access code by receipt."""

    office: Office
    codes: dict[str, str] = field(default_factory=dict)

    def file(self, body: dict[str, Any]) -> str:
        """File and assess. Returns the receipt."""
        made = self.office.submit(body)
        self.office.assess_all()
        self.codes[made.receipt] = made.access_code
        return made.receipt

    def column(self, name: str, receipt: str) -> Any:
        """A column of an application."""
        return scalar(
            self.office.db,
            f"SELECT {name} FROM application WHERE receipt = %(r)s",  # noqa: S608 -- names from here
            r=receipt,
        )

    def computed(self, receipt: str) -> Decimal:
        """Yuan by the rules, as they stand."""
        return Decimal(self.column("amount", receipt))

    def grant(self, receipt: str) -> None:
        """The officer who leads grants it as computed."""
        lead = Principal(self.column("lead_bureau", receipt), Role.OFFICER, "测试乙")
        decide(self.office, receipt, Decision(True, self.computed(receipt), "经核属实"), lead)

    def granted(self) -> Decimal:
        """Yuan of all grants in force, which is what they hold."""
        yuan = scalar(
            self.office.db,
            "SELECT coalesce(sum(d.amount), 0) FROM determination AS d JOIN application AS a"
            " ON a.id = d.application_id WHERE d.state = 'in_force' AND d.granted"
            "  AND a.receipt = ANY(%(filed)s)",
            filed=[*self.codes],
        )
        held = scalar(
            self.office.db,
            "SELECT coalesce(sum(c.amount), 0) FROM benefit_claim AS c JOIN application AS a"
            " ON a.id = c.application_id WHERE a.receipt = ANY(%(filed)s)",
            filed=[*self.codes],
        )
        assert yuan == held
        return Decimal(yuan)

    def reopen(self, receipt: str) -> None:
        """A review that the applicant asks for sets the grant aside."""
        db, settings = self.office.db, self.office.settings
        review.request(db, settings, receipt, self.codes[receipt], reason="请再看")
        head = Principal(self.column("lead_bureau", receipt), Role.SUPERVISOR, "测试丙")
        seen = frozenset({self.column("version", receipt)})
        review.decide(db, settings, head, receipt, seen, upheld=False, reason="重新核对")
        self.office.assess_all()


@pytest.fixture
def one_shop(database: Database, settings: Settings) -> Shop:
    return Shop(
        Office(database, replace(settings, determination_approval_yuan=Decimal(10_000_000)))
    )


@pytest.mark.parametrize("waiver_first", [True, False])
def test_while_both_wait_each_shows_what_it_comes_to(one_shop: Shop, waiver_first: bool) -> None:
    bodies = [waiver(), subsidy()]
    filed = [one_shop.file(body) for body in (bodies if waiver_first else bodies[::-1])]
    amounts = sorted(one_shop.computed(each) for each in filed)
    assert amounts == [Decimal("18000.00"), Decimal("60000.00")]
    assert one_shop.granted() == 0


@pytest.mark.parametrize("waiver_filed_first", [True, False])
@pytest.mark.parametrize("waiver_granted_first", [True, False])
@pytest.mark.parametrize(
    ("use", "under_1", "under_4"),
    [("production", "60000.00", "0.00"), ("office", "30000.00", "9000.00")],
)
@pytest.mark.parametrize("tenant", ["branch", "parent"])
def test_in_every_order_the_shop_ends_with_the_same(
    one_shop: Shop,
    waiver_filed_first: bool,
    waiver_granted_first: bool,
    use: str,
    under_1: str,
    under_4: str,
    tenant: str,
) -> None:
    of_parent = {} if tenant == "branch" else {"uscc": PARENT_USCC, "kind": "enterprise"}
    bodies = {"1": waiver(use, **of_parent), "4": subsidy()}
    order = ("1", "4") if waiver_filed_first else ("4", "1")
    filed = {which: one_shop.file(bodies[which]) for which in order}
    most = Decimal(under_1) + Decimal(under_4)
    for which in ("1", "4") if waiver_granted_first else ("4", "1"):
        one_shop.grant(filed[which])
        assert one_shop.granted() <= most  # at once, before anything is assessed again
        one_shop.office.assess_all()
    # (一) stands in full, whoever was first; (四) comes to what it does on the rent still borne.
    assert one_shop.column("state", filed["1"]) == State.DETERMINED
    assert one_shop.column("determined_amount", filed["1"]) == Decimal(under_1)
    assert one_shop.computed(filed["4"]) == Decimal(under_4)
    if one_shop.column("state", filed["4"]) != State.DETERMINED:
        one_shop.grant(filed["4"])
    assert one_shop.granted() == most


def test_a_grant_that_loses_its_base_is_set_aside_and_everyone_told(one_shop: Shop) -> None:
    four, one_ = one_shop.file(subsidy()), one_shop.file(waiver())
    one_shop.grant(four)
    one_shop.grant(one_)
    assert one_shop.column("state", four) == State.AWAITING_DETERMINATION
    assert one_shop.column("determined_amount", four) is None
    assert column(one_shop.office.db, "SELECT state FROM determination ORDER BY id") == [
        "superseded",
        "in_force",
    ]
    told = column(
        one_shop.office.db,
        "SELECT DISTINCT e.type || ' ' || d.recipient FROM delivery AS d"
        " JOIN event AS e ON e.id = d.event_id WHERE e.type IN ('determination.set_aside',"
        " 'overlap.settled') AND d.channel IN ('inbox', 'portal')",
    )
    assert {"determination.set_aside commerce", "determination.set_aside enterprise"} <= {
        each.replace("applicant", "enterprise") for each in told
    }
    assert "overlap.settled sasac" in told
    text = str(one_shop.office.case(four, COMMERCE)["timeline"])
    assert "原认定18,000.00元不再有效；现按规则计算为0.00元" in text


def test_a_grant_under_review_is_set_aside_too_and_its_review_ends(one_shop: Shop) -> None:
    four, one_ = one_shop.file(subsidy()), one_shop.file(waiver())
    one_shop.grant(four)
    db, settings = one_shop.office.db, one_shop.office.settings
    review.request(db, settings, four, one_shop.codes[four], reason="请再看")
    one_shop.grant(one_)
    assert one_shop.column("state", four) == State.AWAITING_DETERMINATION
    assert column(db, "SELECT state FROM review") == ["dropped"]
    assert one_shop.granted() == Decimal("60000.00")


def test_a_grant_on_rent_already_seen_as_waived_stands(one_shop: Shop) -> None:
    """The branch paid half and said so: the waiver of the other half takes nothing from it."""
    half = paid("15000", "15000", rent_due="30000", reduction="15000", waived_under_m01="15000")
    facts = shop(half, PLACE, parent=OF_A_CHAIN)
    four = one_shop.file({**subsidy(), "facts": facts})
    one_ = one_shop.file(waiver("office"))
    one_shop.grant(four)
    one_shop.grant(one_)
    one_shop.office.assess_all()
    assert one_shop.column("state", four) == State.DETERMINED
    assert one_shop.granted() == Decimal("39000.00")


def test_a_waiver_that_a_review_reopens_gives_the_subsidy_its_base_back(one_shop: Shop) -> None:
    one_, four = one_shop.file(waiver()), one_shop.file(subsidy())
    one_shop.grant(one_)
    one_shop.office.assess_all()
    assert one_shop.computed(four) == 0
    one_shop.reopen(one_)
    assert one_shop.computed(four) == Decimal("18000.00")


@pytest.mark.parametrize("order", list(permutations(("m01_landlord", "m02_carrier"))))
def test_one_cut_is_subsidised_once_under_1_or_2(one_shop: Shop, order: tuple[str, str]) -> None:
    filed = [one_shop.file(cut(provision)) for provision in order]
    assert {one_shop.computed(each) for each in filed} == {Decimal("6000.00")}
    one_shop.grant(filed[1])
    one_shop.office.assess_all()
    assert one_shop.computed(filed[0]) == 0
    assert one_shop.granted() == Decimal("6000.00")


def claims(lease_no: str) -> list[dict[str, Any]]:
    """Three times (一) and twice (四) for one lease: all of them for the same 60,000 yuan."""
    bodies = [waiver(), waiver(), waiver(name="测试餐饮甲西城分公司（重报）"), subsidy(), subsidy()]
    bodies = deepcopy(bodies)
    for body in bodies:
        for item in body["facts"].get("leases") or body["facts"]["shops"]:
            item.update(lease_no=lease_no, address=f"西城区测试街{lease_no}号")
    return bodies


LEASES = count(1)
FILED = 5


@examples(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    filing=st.permutations(range(FILED)),
    granting=st.permutations(range(FILED)),
    late=st.integers(0, FILED),
    reopened=st.booleans(),
)
def test_any_order_ends_in_the_same_total_and_never_over_it(
    database: Database,
    settings: Settings,
    filing: list[int],
    granting: list[int],
    late: int,
    reopened: bool,
) -> None:
    """`late`: how many are filed only after the others were determined."""
    bodies = claims(f"店租-{next(LEASES)}")
    desk = Shop(Office(database, replace(settings, determination_approval_yuan=Decimal(10**7))))
    filed: dict[int, str] = {}

    def go_round() -> None:
        for which in granting:
            receipt = filed.get(which)
            if receipt is None or desk.column("state", receipt) == State.DETERMINED:
                continue
            try:
                desk.grant(receipt)
            except (BenefitTaken, InvalidDetermination):
                continue
            assert desk.granted() <= Decimal("60000.00")

    early = len(filing) - late
    for which in filing[:early]:
        filed[which] = desk.file(bodies[which])
    go_round()
    desk.office.assess_all()
    if reopened and early:
        for receipt in filed.values():
            if desk.column("state", receipt) == State.DETERMINED:
                desk.reopen(receipt)
    for which in filing[early:]:
        filed[which] = desk.file(bodies[which])
    for _ in range(2):
        go_round()
        desk.office.assess_all()
    assert desk.granted() == Decimal("60000.00")
