"""The fault harness, short: the system stands, and each planted bug falls.

Each plant is struck at the moment it is wrong (`faults.strikes`), so it falls every time. `make
faults` is the same at full length with every kind of fault.
"""

from __future__ import annotations

from collections.abc import Collection

import pytest

from faults.kinds import KINDS
from faults.plants import planted
from faults.run import Plan, run
from faults.strikes import STRIKES

PROGRAMS = ("api", "relay", "worker-assess", "worker-notify")
HONEST = (
    "message popped and lost, worker killed",
    "PostgreSQL connections cut in mid-transaction",
    "broker FLUSHALL",
)
pytestmark = pytest.mark.timeout(1500)  # of three at once on a machine with other work to do
CALM = ("webhook refuses",)
"""What goes on while the last of the applications come in."""


def plan(plant: str, kinds: Collection[str] = ()) -> Plan:
    """Whatever `plant` is struck by, then each of `kinds`."""
    by_name = {kind.name: kind for kind in KINDS}
    struck = sum(each in STRIKES for each in plant.split("+"))
    return Plan(
        seed=6,
        faults=struck + len(kinds),
        accepted=100,
        minutes=1.5,
        per_second=15,
        plant=plant,
        kinds=[by_name[name] for name in kinds or CALM],
        at_once=1,
        only=PROGRAMS,
    )


def test_nothing_is_lost_and_nothing_happens_twice() -> None:
    outcome = run(plan(planted.HELD, HONEST))
    assert outcome.judgement.findings == []
    assert outcome.log.stuck == []
    assert set(outcome.log.injected) == {STRIKES[planted.HELD].name, *HONEST}
    assert outcome.judgement.accepted >= 100


@pytest.mark.parametrize(
    ("plants", "findings"),
    [
        (
            ("acknowledge-before-commit", "answer-before-commit", "delivery-not-unique"),
            {"accepted and not stored", "without an assessment", "deliveries doubled"},
        ),
        (("delete-at-publish",), {"without an assessment"}),
    ],
)
def test_planted_bugs_are_caught(plants: Collection[str], findings: set[str]) -> None:
    outcome = run(plan("+".join(plants)))
    assert outcome.log.failed == []
    assert findings <= {finding.partition(":")[0] for finding in outcome.judgement.findings}
