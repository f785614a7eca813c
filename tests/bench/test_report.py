"""What becomes of the numbers."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from bench import REPOSITORY, report
from bench.results import Results
from bench.scenarios.batches import Batch
from bench.scenarios.growth import Level
from bench.scenarios.latency import Latency, Single
from bench.scenarios.limits import Limits
from bench.scenarios.throughput import Sample
from bench.statistics import Spread, percentile

SAMPLE = Sample(
    intake=100,
    intake_cpu_ms=5,
    intake_memory=120,
    intake_p50_ms=20,
    intake_p99_ms=40,
    decided=50,
    decided_cpu_ms=6,
    decided_memory=150,
)
MACHINE: dict[str, str | int] = {
    "cpu": "Some CPU",
    "cores": 2,
    "memory_gib": 4,
    "system": "Linux",
    "python": "3.11",
}


def level(stored: int, decided: float, reminder: float) -> Level:
    return Level(stored, Spread.of([decided]), Spread.of([reminder]), Spread.of([1.0]), 80)


def whole() -> Results:
    return Results(
        MACHINE,
        samples={
            "textbook": [SAMPLE, replace(SAMPLE, intake=80), replace(SAMPLE, intake=120)],
            "wenqi": [replace(SAMPLE, intake=400, decided=2400)],
        },
        limits=[Limits(rows=2000, pings=2000, rules=5000, generator=40_000)],
        latencies={
            "textbook": [Latency(30, 20, 100, 30)],
            "wenqi": [Latency(170, 10, 30, 12)],
        },
        singles={"wenqi": Single(round_trip_ms=2, decided_ms=12)},
        batches=[Batch(1150, 0.6, 110)],
        levels=[level(10_000, 2000, 0.2), level(1_000_000, 1900, 0.21)],
        processes={1: Spread.of([1500]), 2: Spread.of([2400])},
        seconds=700,
    )


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, p) for p in (1, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([7.0], 50) == 7
    assert math.isnan(percentile([], 99))


def test_each_target_is_held_against_its_bound() -> None:
    verdicts = {verdict.name: verdict for verdict in whole().targets()}
    met = {name: verdict.met for name, verdict in verdicts.items()}
    assert met == {
        "intake, times the textbook's": True,  # 400 / 100
        "intake, share of the combined limit": False,  # 400 / 1000
        "batch intake, times the textbook's intake": False,  # 1150 / 100
        "decided, times the textbook's": False,  # 2400 / 50
        "p99 accepted to decided at half saturation, share of the textbook's": True,  # 30 / 100
        "one application on an idle system, times its own round trip": False,  # 12 / 2
        "cost of a reminder, largest store to smallest": True,  # 0.21 / 0.2
        "decided per second, largest store to smallest": True,  # 1900 / 2000
    }
    assert verdicts["decided, times the textbook's"].value == 48


def test_what_was_not_measured_has_no_verdict() -> None:
    part = whole()
    part.levels, part.latencies, part.singles, part.batches = part.levels[:1], {}, {}, []
    assert [verdict.name for verdict in part.targets()] == [
        "intake, times the textbook's",
        "intake, share of the combined limit",
        "decided, times the textbook's",
    ]


def test_the_table_names_everyone_and_says_what_was_missed() -> None:
    said = report.text(whole())
    assert "100 (80-120)" in said
    assert "Wenqi" in said
    assert said.count("MISSED") == 4
    assert "1,000,000 stored" in said
    assert "1,150 (1,150-1,150)" in said
    assert "repeat on a quiet machine" not in said


def test_numbers_from_a_busy_machine_are_marked() -> None:
    busy = whole()
    busy.foreign_share = 0.3
    assert "repeat on a quiet machine" in report.text(busy)


def test_columns_line_up() -> None:
    lines = list(report.table([("", "a"), ("long name", "1"), ("x", "12,345")]))
    assert lines == ["                a", "long name       1", "x          12,345"]


def test_the_document_is_json_even_where_nothing_was_counted() -> None:
    odd = whole()
    odd.latencies["wenqi"] = [Latency(1, math.nan, math.nan, math.nan)]
    document = json.loads(json.dumps(report.finite(odd.document()), allow_nan=False))
    assert document["contenders"]["wenqi"]["latency"][0]["p50_ms"] is None
    assert document["contenders"]["textbook"]["repetitions"][1]["intake"] == 80


def test_the_page_shows_the_last_run_only() -> None:
    page = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")
    once = report.embed(page, "first run\n")
    twice = report.embed(once, "second run\n")
    assert "first run" in once
    assert "first run" not in twice
    assert "second run" in twice
    assert twice.replace("second run", "first run") == once
    with pytest.raises(ValueError, match="no place"):
        report.embed("a page", "a table")
