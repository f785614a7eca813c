"""Who may find what, and what a person is offered to do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from casework.acts import findings
from casework.acts.determination_rules import InvalidDetermination
from casework.acts.determine import Decision
from casework.acts.findings import EvidenceRequired, InvalidFinding
from casework.errors import NotPermitted
from casework.people.access import Principal
from schemas.findings import Finding
from tests.support.applications import tenant_body
from tests.support.ledgers import scalar
from tests.support.office import HEAD, OFFICER, Office, decide
from tests.support.packaged import example
from vocabulary.people import Role

COPY = Principal("commerce", Role.SUPERVISOR, "测试子")
SCIENCE = Principal("science", Role.OFFICER, "测试丑")
LABOUR = Principal("human_resources", Role.OFFICER, "测试寅")


def finding(condition: str, *, result: bool) -> list[Finding]:
    return [Finding(condition, result=result, note="经查")]


def test_a_copied_bureau_cannot_find_what_the_lead_decides(office: Office) -> None:
    accepted = office.submit()
    with pytest.raises(NotPermitted, match="国资委"):
        findings.record(office.db, COPY, accepted.receipt, finding("1.3", result=False))
    assert scalar(office.db, "SELECT count(*) FROM official_finding") == 0
    findings.record(office.db, OFFICER, accepted.receipt, finding("1.3", result=False))
    office.assess_all()
    assert office.status(accepted)["outcome"] == "ineligible"


def test_the_industry_department_finds_besides_the_lead(office: Office) -> None:
    body = example("m13_training")
    body["facts"]["sector"] = "technology"
    accepted = office.submit(body)
    findings.record(office.db, SCIENCE, accepted.receipt, finding("13.1", result=False))
    findings.record(office.db, LABOUR, accepted.receipt, finding("13.1", result=True))
    with pytest.raises(NotPermitted, match="人力"):
        findings.record(office.db, SCIENCE, accepted.receipt, finding("13.4", result=False))


def test_what_is_offered_is_what_is_allowed(office: Office) -> None:
    accepted = office.submit()

    def offered(who: Principal) -> list[str]:
        actions: list[str] = office.case(accepted.receipt, who)["casework"]["actions"]
        return actions

    assert offered(COPY) == []
    assert {"acknowledge", "record_finding", "determine"} <= set(offered(OFFICER))
    more = Decision(granted=True, amount=Decimal("70000.00"), reason="属实", override="另有约定")
    decide(office, accepted.receipt, more)
    assert "approve_determination" not in offered(COPY) + offered(OFFICER)
    assert "approve_determination" in offered(HEAD)


@pytest.mark.parametrize(
    ("condition", "result", "why"),
    [("1.6", True, "由系统"), ("1.1", True, "无须认定"), ("1.12", True, "无须认定")],
)
def test_a_finding_that_could_not_take_effect_is_refused_and_says_why(
    office: Office, condition: str, result: bool, why: str
) -> None:
    accepted = office.submit()
    with pytest.raises(InvalidFinding, match=why):
        findings.record(office.db, OFFICER, accepted.receipt, finding(condition, result=result))
    assert scalar(office.db, "SELECT count(*) FROM official_finding") == 0


def test_a_finding_can_be_taken_back(office: Office) -> None:
    accepted = office.submit()
    findings.record(office.db, OFFICER, accepted.receipt, finding("1.1", result=False))
    office.assess_all()
    assert office.status(accepted)["outcome"] == "ineligible"
    findings.record(office.db, OFFICER, accepted.receipt, finding("1.1", result=True))
    office.assess_all()
    assert office.status(accepted)["outcome"] == "needs_determination"


def admitting(office: Office) -> str:
    """The receipt of a tenant who says itself that it does not operate lawfully."""
    body = tenant_body()
    body["facts"]["operates_lawfully"] = False
    accepted = office.submit(body)
    assert office.status(accepted)["outcome"] == "ineligible"
    return accepted.receipt


def test_a_finding_against_the_firms_own_word_names_its_evidence(office: Office) -> None:
    receipt = admitting(office)
    against = finding("1.4", result=True)
    with pytest.raises(EvidenceRequired) as refused:
        findings.record(office.db, OFFICER, receipt, [*finding("1.2", result=True), *against])
    assert refused.value.pointer == "/findings/1/evidence"
    decision = Decision(
        granted=True, amount=Decimal("60000.00"), reason="属实", findings=tuple(against)
    )
    with pytest.raises(EvidenceRequired):
        decide(office, receipt, decision)
    version = office.case(receipt)["version"]
    [done] = findings.record_many(office.db, OFFICER, {receipt: version}, against).results
    assert (done.done, done.code) == (False, "evidence_required")
    assert scalar(office.db, "SELECT count(*) FROM official_finding") == 0

    shown = Finding("1.4", result=True, note="经查", evidence="测试档案1号")
    findings.record(office.db, OFFICER, receipt, [shown])
    office.assess_all()
    assert office.case(receipt)["outcome"] == "needs_determination"


def test_a_finding_that_agrees_with_the_firm_needs_no_evidence(office: Office) -> None:
    receipt = admitting(office)
    findings.record(office.db, OFFICER, receipt, finding("1.4", result=False))
    accepted = office.submit()
    findings.record(office.db, OFFICER, accepted.receipt, finding("1.4", result=True))
    assert scalar(office.db, "SELECT count(*) FROM official_finding") == 2


def test_nobody_is_asked_for_findings_where_the_rules_refuse(office: Office) -> None:
    receipt = admitting(office)
    with pytest.raises(InvalidDetermination, match="核对结果为不符合条件"):
        decide(office, receipt, Decision(True, None, "属实", as_computed=True))
