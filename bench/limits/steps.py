"""What two single steps take of one core: `python -m bench.limits.steps`.

Prints JSON, milliseconds of CPU: reading the body that costs most of all hostile ones, and what
encryption adds to one application on its way from filing to decision.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from statistics import median
from typing import Final

from bench.applications import body
from casework.personal import parts
from config import keys
from schemas.kit.problem import Refused
from schemas.kit.strict_json import parse
from tests.support.hostile_bodies import applications
from tests.support.packaged import load_application, packaged_forms

_READINGS: Final = 7
_ROUNDS: Final = 5_000
_RECEIPT: Final = "WQ261128-0000001-E"


def costliest() -> tuple[str, float]:
    """Its name, and milliseconds from bytes to what is stored, or to the refusal."""
    costs = {
        name: median(_ms(lambda raw=raw: _read(raw)) for _ in range(_READINGS))  # type: ignore[misc]
        for name, raw in applications().items()
    }
    dearest = max(costs, key=lambda name: costs[name])
    return dearest, costs[dearest]


def encryption() -> float:
    """Milliseconds per application: what is personal taken out and encrypted as it is filed, read
    and put back as it is decided, read once more for whom to tell."""
    keys.hold(keys.parse("DATA_KEYS", keys.new_entry("bench")))
    submission = load_application(body(0))
    forms = packaged_forms(None)
    assert forms is not None  # noqa: S101 -- the notice that comes with the code
    names = forms.personal[submission.provision]
    row = parts.row_of(_RECEIPT)

    def rounds() -> None:
        for _ in range(_ROUNDS):
            made = parts.take_out(submission.enterprise, submission.facts, names, row=row)
            assert made.personal is not None  # noqa: S101 -- the form names a contact
            for _reading in ("decided", "told"):
                parts.put_back(_RECEIPT, made.enterprise, made.facts, made.personal)

    return median(_ms(rounds) for _ in range(_READINGS)) / _ROUNDS


def _read(raw: bytes) -> None:
    with suppress(Refused):
        load_application(parse(raw)).canonical()


def _ms(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


if __name__ == "__main__":
    name, took = costliest()
    print(json.dumps({"body": name, "body_ms": took, "encryption_ms": encryption()}))
