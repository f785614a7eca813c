"""What encrypting personal data costs, as a ratio of runs: Wenqi beside itself with a cipher that
passes everything through, in pairs, each other pair the other way round."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bench import REPOSITORY, backlog
from bench.contenders import WENQI
from bench.in_clear import passing_through
from bench.machine import Machine
from bench.scenarios import throughput
from bench.scenarios.throughput import Sample
from bench.statistics import Spread
from cli.tables import numbers

Pair = tuple[Sample, Sample]
"""Encrypted, in clear."""

_FOLDER = REPOSITORY / "bench" / "in_clear"
_PATH = os.pathsep.join(filter(None, [str(_FOLDER), os.environ.get("PYTHONPATH")]))


def _fill(database_url: str, environment: Mapping[str, str], count: int, first: int) -> None:
    with passing_through():
        backlog.fill(database_url, environment, count, first)


def _whole(one: Sample) -> float:
    accepted = one.intake_app_ms + one.intake_server_ms
    return accepted + one.decided_app_ms + one.decided_server_ms


IN_CLEAR = replace(
    WENQI, name="in_clear", title="in clear", fill=_fill, variables={"PYTHONPATH": _PATH}
)
COLUMNS: Sequence[tuple[str, Callable[[Sample], float]]] = (
    ("CPU ms, accepted", lambda one: one.intake_app_ms + one.intake_server_ms),
    ("CPU ms, decided", lambda one: one.decided_app_ms + one.decided_server_ms),
    ("CPU ms, both", _whole),
    ("accepted/s", lambda one: one.intake),
    ("decided/s", lambda one: one.decided),
)


def measure(machine: Machine, pairs: int, say: Callable[[str], None]) -> list[Pair]:
    """So many pairs. Raises BenchError."""
    measured = []
    for number in range(1, pairs + 1):
        order = (WENQI, IN_CLEAR) if number % 2 else (IN_CLEAR, WENQI)
        samples = {one.name: throughput.measure(machine, one) for one in order}
        measured.append((samples[WENQI.name], samples[IN_CLEAR.name]))
        ratio = _whole(measured[-1][0]) / _whole(measured[-1][1])
        say(f"pair {number} of {pairs}: CPU per application x {ratio:.3f}")
    return measured


def text(pairs: Sequence[Pair], foreign_share: float) -> str:
    """The medians of both, and of the ratios within the pairs the median and the range."""
    rows: list[Sequence[str]] = [("", "encrypted", "in clear", "ratio (lowest-highest)")]
    for title, value in COLUMNS:
        ours, clear = ([value(pair[side]) for pair in pairs] for side in (0, 1))
        ratios = Spread.of([one / other for one, other in zip(ours, clear, strict=True)])
        digits = 0 if title.endswith("/s") else 3
        rows.append(
            (
                title,
                *(f"{Spread.of(side).median:,.{digits}f}" for side in (ours, clear)),
                f"{ratios.median:.3f} ({ratios.low:.3f}-{ratios.high:.3f})",
            )
        )
    said = f"{len(pairs)} pairs; other processes took {foreign_share:.0%} of the machine meanwhile."
    return "\n".join((*numbers(rows), said))
