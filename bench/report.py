"""The table people read, the JSON machines read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.contenders import CONTENDERS
from bench.results import Results
from bench.statistics import Spread

BUSY_SHARE = 0.05
BEGIN, END = "<!-- the last run begins -->\n", "<!-- the last run ends -->"


def text(results: Results) -> str:
    """Everything as aligned text."""
    parts = [_heading(results), _contenders(results), _batches(results), _latencies(results)]
    parts += [_limits(results), _growth(results), _targets(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def write(results: Results, folder: Path, page: Path) -> None:
    """Write latest.json, latest.svg and the table on the page that shows them."""
    from bench.chart import draw  # costs a second; not when only a table is wanted

    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps(finite(results.document()), ensure_ascii=False, indent=1)
    (folder / "latest.json").write_text(document + "\n", encoding="utf-8")
    draw(results, folder / "latest.svg")
    page.write_text(embed(page.read_text(encoding="utf-8"), text(results)), encoding="utf-8")


def embed(page: str, table_text: str) -> str:
    """The page with the table of the last run replaced. Raises ValueError without a place."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError("the page has no place for the table")
    return f"{before}{BEGIN}```text\n{table_text.rstrip()}\n```\n{END}{after}"


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
                f"{results.median(name, 'intake_cpu_ms'):.2f}",
                f"{results.median(name, 'intake_p99_ms'):.0f}",
                _range(results.spread(name, "decided")),
                f"{results.median(name, 'decided_cpu_ms'):.2f}",
                " + ".join(f"{peak:.0f}" for peak in memory),
            )
        )
    note = (
        "Median (lowest-highest) of the repetitions. Intake and deciding each had the cores to "
        "themselves.\nCPU: all processes of the contender, PostgreSQL and Valkey. Memory: API + "
        "workers."
    )
    return _section("Intake and deciding", header, rows, note)


def _batches(results: Results) -> str:
    if not results.batches:
        return ""
    rates, costs, peaks = (
        Spread.of([getattr(batch, column) for batch in results.batches])
        for column in ("per_second", "cpu_ms", "memory")
    )
    row = ("Wenqi, NDJSON over HTTP", _range(rates), f"{costs.median:.2f}", f"{peaks.high:.0f}")
    return _section("Batches", ("", "accepted/s", "CPU ms", "peak MiB"), [row])


def _latencies(results: Results) -> str:
    header = ("", "applications/s", "p50 ms", "p99 ms", "answer p99 ms")
    rows = []
    for contender in CONTENDERS:
        found = results.latencies.get(contender.name)
        if not found:
            continue
        rows.append(
            (
                contender.title,
                f"{found[0].rate:,.0f}",
                f"{Spread.of([one.p50_ms for one in found]).median:.1f}",
                f"{Spread.of([one.p99_ms for one in found]).median:.1f}",
                f"{Spread.of([one.answer_p99_ms for one in found]).median:.1f}",
            )
        )
    note = "From the commit of the acceptance to the commit of decision, visit and notification."
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
        ("the rules alone, all cores", f"{results.limit('rules'):,.0f}"),
        ("the load generator alone", f"{results.limit('generator'):,.0f}"),
    ]
    return _section("Limits", ("", "per second"), rows)


def _growth(results: Results) -> str:
    rows = [
        (
            f"{level.stored:,} stored, as many reminders pending",
            _range(level.decided),
            f"{level.reminder_cpu_ms.median:.3f}",
            f"{level.reminder_ms.median:.3f}",
            f"{level.worker_mib:.0f}",
        )
        for level in results.levels
    ]
    rows += [
        (f"{n} assessing process{'es' if n > 1 else ''}", _range(spread), "", "", "")
        for n, spread in sorted(results.processes.items())
    ]
    header = ("", "decided/s", "CPU ms/reminder", "ms/reminder", "remind worker MiB")
    return _section("Growth (Wenqi)", header, rows)


def _targets(results: Results) -> str:
    rows = [
        (verdict.name, f"{verdict.value:.2f}", verdict.wanted, "met" if verdict.met else "MISSED")
        for verdict in results.targets()
    ]
    return _section("Targets", ("", "measured", "wanted", ""), rows)


def _section(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], note: str = ""
) -> str:
    if not rows:
        return ""
    return "\n".join((title, *table((header, *rows)), *([note] if note else [])))


def table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """Columns aligned: the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        yield "  ".join(cells).rstrip()


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
