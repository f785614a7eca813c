"""The samples that the demonstration's officer grants are eligible with their findings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import findings
from casework.acts.determine import Decision
from casework.people.access import Principal
from cli.demo.samples import Sample, load_samples
from cli.demo.story import fresh_application
from schemas.findings import Finding
from tests.support.office import Office, decide
from vocabulary.people import Role

GRANTED = [sample for sample in load_samples() if sample.determination]


@pytest.mark.parametrize("sample", GRANTED, ids=lambda sample: sample.name)
def test_a_granted_sample_is_granted_as_computed(office: Office, sample: Sample) -> None:
    _grant(office, sample.application, sample)


def test_the_story_is_told_beside_a_granted_sample_and_twice(office: Office) -> None:
    sample = next(one for one in GRANTED if one.application["provision"] == "m01_tenant")
    _grant(office, sample.application, sample)
    for _ in range(2):
        _grant(office, fresh_application(), sample)


def _grant(office: Office, application: dict[str, Any], sample: Sample) -> None:
    accepted = office.submit(application)
    lead = office.status(accepted)["bureaus"]["lead"]["bureau"]
    officer = Principal(lead, Role.OFFICER, "测试甲")
    found = [Finding(**each) for each in sample.official_findings]
    findings.record(office.db, officer, accepted.receipt, found)
    office.assess_all()
    as_computed = Decision(True, None, str(sample.determination), as_computed=True)
    free = Office(office.db, replace(office.settings, determination_approval_yuan=Decimal(10**9)))
    assert decide(free, accepted.receipt, as_computed, officer).state == "determined"
