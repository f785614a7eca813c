"""The fault harness, short: the system stands, and each planted bug falls.

`make faults` is the same at full length with every kind of fault.
"""

from __future__ import annotations

import pytest

from faults.kinds import BY_NAME
from faults.run import Plan, run

PROGRAMS = ("api", "relay", "worker-assess", "worker-notify")
LOST = "message popped and lost, worker killed"
CUT = "PostgreSQL connections cut in mid-transaction"
KILLED = "kill -9 worker-assess"


def plan(*kinds: str, plant: str | None = None, faults: int) -> Plan:
    return Plan(
        seed=6,
        faults=faults,
        accepted=100,
        minutes=0.5,
        per_second=80,
        plant=plant,
        kinds=[BY_NAME[name] for name in kinds],
        at_once=1,
        only=PROGRAMS,
    )


def test_nothing_is_lost_and_nothing_happens_twice() -> None:
    outcome = run(plan(LOST, CUT, "broker FLUSHALL", "kill -9 relay", KILLED, faults=5))
    assert outcome.verdict.findings == []
    assert outcome.log.stuck == []
    assert outcome.log.total >= 5
    assert outcome.verdict.accepted >= 100


@pytest.mark.parametrize(
    ("plant", "kind", "findings"),
    [
        ("acknowledge-before-commit", KILLED, {"without an assessment"}),
        (
            "delete-at-publish+delivery-not-unique",
            LOST,
            {"without an assessment", "deliveries doubled"},
        ),
    ],
)
def test_planted_bugs_are_caught(plant: str, kind: str, findings: set[str]) -> None:
    outcome = run(plan(kind, plant=plant, faults=2))
    assert findings <= {finding.partition(":")[0] for finding in outcome.verdict.findings}
