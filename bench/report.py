"""The table people read, the JSON machines read."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from bench import costs
from bench.contenders import CONTENDERS
from bench.page import fenced, put
from bench.results import TEXTBOOK, Results
from bench.scenarios import visits
from bench.scenarios.batches import Batch, Import
from bench.statistics import Spread
from bench.targets import target_results
from cli.tables import numbers

BUSY_SHARE = 0.05


def text(results: Results) -> str:
    """Everything as aligned text."""
    parts = [_heading(results), _targets(results), _contenders(results), _bulk(results)]
    parts += [
        _latencies(results),
        _limits(results),
        _steps(results),
        _growth(results),
        _visits(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def million(batches: tuple[Batch, Batch]) -> str:
    """The batch of a million lines beside a short one, as aligned text."""
    rows = [
        (
            f"one request of {batch.lines:,} lines",
            f"{batch.per_second:,.0f}",
            f"{batch.cpu_ms:.2f}",
            f"{batch.memory:.0f}",
        )
        for batch in batches
    ]
    return "\n".join(numbers((("", "accepted/s", "CPU ms", "API peak MiB"), *rows)))


def write(results: Results, folder: Path, page: Path, scaling: Path) -> None:
    """Write latest.json, latest.svg, the table on the page that shows them, and the costs on the
    page on scaling."""
    from bench.chart import draw  # costs a second; not when only a table is wanted

    folder.mkdir(parents=True, exist_ok=True)
    document = {**results.document(), "targets": [asdict(one) for one in target_results(results)]}
    said = json.dumps(finite(document), ensure_ascii=False, indent=1)
    (folder / "latest.json").write_text(said + "\n", encoding="utf-8")
    draw(results, folder / "latest.svg")
    put(page, "last run", fenced(text(results)))
    put(scaling, "costs", fenced(costs.text(results)))


def _heading(results: Results) -> str:
    machine = results.machine
    hardware = f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB"
    lines = [
        f"{hardware}, {machine['system']}, Python {machine['python']}",
        f"PostgreSQL and Valkey embedded, fsync on; {results.seconds / 60:.1f} minutes",
        f"Other processes took {results.foreign_share:.1%} of the machine meanwhile.",
    ]
    if results.foreign_share > BUSY_SHARE:
        lines.append("That is too much for these numbers to be trusted: repeat on a quiet machine.")
    return "\n".join(lines)


def _contenders(results: Results) -> str:
    header = ("", "accepted/s", "CPU ms", "p99 ms", "decided/s", "CPU ms", "peak MiB")

    def cost(name: str, phase: str) -> str:
        parts = (results.median(name, f"{phase}_{part}_ms") for part in ("app", "server"))
        return " + ".join(f"{part:.2f}" for part in parts)

    rows: list[Sequence[str]] = []
    for contender in CONTENDERS:
        name = contender.name
        if name not in results.samples:
            continue
        memory = [results.median(name, f"{phase}_memory") for phase in ("intake", "decided")]
        rows.append(
            (
                contender.title,
                _range(results.spread(name, "intake")),
                cost(name, "intake"),
                f"{results.median(name, 'intake_p99_ms'):.0f}",
                _range(results.spread(name, "decided")),
                cost(name, "decided"),
                " + ".join(f"{peak:.0f}" for peak in memory),
            )
        )
    note = (
        "Median (lowest-highest) of the repetitions. Intake and deciding each had the cores to "
        "themselves.\nCPU per application: processes of the contender + PostgreSQL and Valkey. "
        "Memory: API + workers."
    )
    return _section("Intake and deciding", header, rows, note)


def _bulk(results: Results) -> str:
    bulk = results.bulk
    if bulk is None:
        return ""
    textbook = results.median(TEXTBOOK, "intake") if TEXTBOOK in results.samples else math.nan

    def row(title: str, found: Sequence[Batch] | Sequence[Import]) -> Sequence[str]:
        rate = Spread.of([one.per_second for one in found])
        cost = Spread.of([one.cpu_ms for one in found]).median
        peak = max(one.memory for one in found)
        times = rate.median / textbook
        return (title, _range(rate), f"{times:.1f}", f"{cost:.2f}", f"{peak:.0f}")

    connections = bulk.batches[0].connections
    rows = [row(f"NDJSON over HTTP, {connections} batches at a time", bulk.batches)]
    rows += [
        row(f"wenqi import, {kind}", [one for one in bulk.imports if one.format == kind])
        for kind in dict.fromkeys(one.format for one in bulk.imports)
    ]
    first, last = bulk.batches[0], bulk.batches[-1]
    note = (
        "Import: one process, its start counted. The API's memory after "
        f"{first.lines:,} lines {first.memory:.0f} MiB, after "
        f"{sum(one.lines for one in bulk.batches):,} {last.memory:.0f} MiB."
    )
    header = ("", "accepted/s", "x textbook", "CPU ms", "peak MiB")
    return _section("Many at once (Wenqi)", header, rows, note)


def _latencies(results: Results) -> str:
    header = ("", "applications/s", "p50 ms", "p99 ms", "assessed p99 ms", "answer p99 ms")
    columns = ("p50_ms", "p99_ms", "assessed_p99_ms", "answer_p99_ms")
    rows = []
    for contender in CONTENDERS:
        found = results.latencies.get(contender.name)
        if not found:
            continue
        rows.append(
            (
                contender.title,
                f"{found[0].rate:,.0f}",
                *(f"{results.latency(contender.name, column):.1f}" for column in columns),
            )
        )
    note = (
        "From the commit of the acceptance to the commit of decision, visit and notification; "
        "assessed: of the assessment alone."
    )
    for name, single in results.singles.items():
        note += (
            f"\nOne application on an idle system ({name}): round trip {single.round_trip_ms:.1f} "
            f"ms, decided {single.decided_ms:.1f} ms after it was accepted (medians)."
        )
    return _section("Accepted to decided, at half of each one's saturation", header, rows, note)


def _limits(results: Results) -> str:
    if not results.limits:
        return ""
    rows = [
        ("pgbench: the same row, durable", f"{results.limit('rows'):,.0f}"),
        ("bare ping through the same HTTP server", f"{results.limit('pings'):,.0f}"),
        ("both, one after the other", f"{results.limit('combined'):,.0f}"),
    ]
    if results.ceilings:
        rows += [
            ("the rules alone, all cores", f"{results.ceilings.rules:,.0f}"),
            ("the load generator alone", f"{results.ceilings.generator:,.0f}"),
        ]
    return _section("Limits", ("", "per second"), rows)


def _steps(results: Results) -> str:
    steps = results.steps
    if steps is None:
        return ""
    rows = [
        (f"the costliest body of 240 KB ({steps.body})", f"{steps.body_ms:.1f}"),
        ("encryption, per application", f"{steps.encryption_ms:.3f}"),
    ]
    return _section("Single steps (Wenqi)", ("", "CPU ms"), rows)


def _growth(results: Results) -> str:
    if results.growth is None:
        return ""
    rows = []
    for level in results.growth.levels:
        row = [f"{level.stored:,} stored, as many reminders pending", _range(level.decided)]
        if level.reminder_cpu_ms and level.reminder_ms and level.worker_mib:
            row += [f"{level.reminder_cpu_ms.median:.3f}", f"{level.reminder_ms.median:.3f}"]
            row.append(" - ".join(f"{mib:.0f}" for mib in level.worker_mib))
        rows.append((*row, "", "", "")[:5])
    rows += [
        (f"{n} assessing process{'es' if n > 1 else ''}", _range(spread), "", "", "")
        for n, spread in sorted(results.growth.processes.items())
    ]
    header = ("", "decided/s", "CPU ms/reminder", "ms/reminder", "remind worker MiB")
    return _section("Growth (Wenqi)", header, rows)


def _visits(results: Results) -> str:
    found = results.followed
    return f"Visits (Wenqi)\n{visits.text(found)}" if found else ""


def _targets(results: Results) -> str:
    found = target_results(results)
    rows = [
        (one.name, f"{one.value:.2f}", one.wanted, "met" if one.met else "MISSED") for one in found
    ]
    causes = [f"Missed: {one.name}.\n  {one.cause}." for one in found if not one.met]
    return _section("Targets", ("", "measured", "wanted", ""), rows, "\n".join(causes))


def _section(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], note: str = ""
) -> str:
    if not rows:
        return ""
    return "\n".join((title, *numbers((header, *rows)), *([note] if note else [])))


def _range(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f"{spread.median:,.0f} ({spread.low:,.0f}-{spread.high:,.0f})"


def finite(value: object) -> object:
    """JSON knows no NaN."""
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
