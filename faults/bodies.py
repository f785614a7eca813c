"""What the clients send: fictional applications, each with a key of its own, in seeded order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.support.applications import guarantee_body, tenant_body, uscc

CAP = Decimal("5000000.00")
CLAIMS_EACH = 8
"""Claims per institution; altogether they come to more than its cap for most, not for all."""

CERTIFIED = ("finding", "determination", None, "determination", "finding")
"""How officers certify claims, in turn: by a determination, or after a finding of its own by one;
None: they never do, so it must not count."""

_GUARANTEES_SHARE = 0.03
_SAME_LEASE_SHARE = 0.02
_FIRST_INSTITUTION = 9_000_000


@dataclass(frozen=True)
class Job:
    """One application. `kind`: "tenant" or "guarantee"; `institution`: whose cap it draws on;
    `subsidy`: yuan it claims; `certify`: one of CERTIFIED."""

    key: str
    kind: str
    body: dict[str, Any]
    institution: str | None = None
    subsidy: Decimal | None = None
    certify: str | None = None


def jobs(seed: int, run: str) -> Iterator[Job]:
    """Jobs without end. Takes the seed and a prefix that makes the keys of this run its own.

    Most have nothing to do with each other. Some claim the lease of another (one of the two may
    count it); some draw on the cap of an institution, altogether often more than it has.
    """
    chance = random.Random(seed)
    earlier: list[tuple[str, str]] = []
    number = claims = 0
    while True:
        number += 1
        key = f"{run}-{number}"
        draw = chance.random()
        if draw < _GUARANTEES_SHARE:
            institution = uscc(_FIRST_INSTITUTION + claims // CLAIMS_EACH)
            subsidy = Decimal(chance.randrange(5_000_000, 170_000_000)) / 100
            body = guarantee_body(institution, number, subsidy)
            certify = CERTIFIED[claims % len(CERTIFIED)]
            claims += 1
            yield Job(key, "guarantee", body, institution, subsidy, certify)
        elif earlier and draw < _GUARANTEES_SHARE + _SAME_LEASE_SHARE:
            code, lease = chance.choice(earlier)
            yield Job(key, "tenant", tenant_body(uscc=code, lease_no=lease))
        else:
            code, lease = uscc(number), f"F-{number}"
            if len(earlier) < 200:  # noqa: PLR2004 -- enough to choose from
                earlier.append((code, lease))
            yield Job(key, "tenant", tenant_body(uscc=code, lease_no=lease))
