"""`make flood` for some seconds: a stalled database refuses people and takes no last thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from faults.flood import ACCEPTED, OK, run


def test_a_stalled_database_under_a_flood() -> None:
    said: list[str] = []
    # A browser that this process has open runs a loop of events in this thread.
    with ThreadPoolExecutor(1) as apart:
        outcome = apart.submit(
            run, seconds=14, clients=80, most=50_000, fair=2, foul=5, say=said.append
        ).result()
    assert outcome.findings == ()
    # Answered at once when the stall is known, and those that came before it soon.
    assert outcome.answers.slowest[503] < 5
    assert outcome.answers.statuses[ACCEPTED] == len(outcome.answers.receipts) <= outcome.stored
    assert outcome.answers.statuses[OK]
    assert {"table locked", "backends stopped"} <= {sample.weather for sample in outcome.samples}
    assert said
