"""The picture: intake, deciding, latency and growth, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bench.contenders import CONTENDERS, Contender
from bench.results import WENQI, Results
from bench.scenarios.growth import Growth
from bench.statistics import Spread

INK, MUTED, OURS, LIMIT = "#1f2933", "#9aa5b1", "#c0392b", "#52606d"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its range."""

    title: str
    spread: Spread
    colour: str


def draw(results: Results, path: Path) -> None:
    """Write the chart; same numbers, same bytes."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "wenqi", "font.size": 9})
    figure = Figure(figsize=(10, 6.4), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.12)  # type: ignore[union-attr]
    (intake, deciding), (waiting, growth) = figure.subplots(2, 2)
    if results.bulk:
        rate = Spread.of([batch.per_second for batch in results.bulk.batches])
        _bars(intake, [Bar("Wenqi, in batches", rate, OURS)])
    _rates(intake, results, "intake", "Accepted per second")
    if results.limits:
        combined = results.limit("combined")
        intake.axvline(combined, color=LIMIT, linestyle=":", linewidth=1)
        intake.set_xlabel(f"dotted: pgbench and ping one after the other, {combined:,.0f}")
    _rates(deciding, results, "decided", "Decided per second")
    _waiting(waiting, results)
    if results.growth:
        _growth(growth, results.growth)
    for axes in (intake, deciding, waiting, growth):
        axes.spines[["top", "right"]].set_visible(False)
        axes.title.set_color(INK)
    figure.savefig(path, format="svg", metadata={"Date": None})


def _rates(axes: Axes, results: Results, column: str, title: str) -> None:
    bars = []
    for contender in reversed(CONTENDERS):
        spread = results.spread(contender.name, column)
        if spread is not None:
            bars.append(_bar(contender, spread))
    _bars(axes, bars)
    axes.set_title(title, loc="left")


def _bar(contender: Contender, spread: Spread) -> Bar:
    title = contender.title.partition(" (")[0]
    return Bar(title, spread, OURS if contender.name == WENQI else MUTED)


def _bars(axes: Axes, bars: Sequence[Bar], unit: str = "") -> None:
    """A bar for each median, a whisker for its range, the number behind the whisker."""
    if not bars:
        return
    drawn = axes.barh(
        [bar.title for bar in bars],
        [bar.spread.median for bar in bars],
        xerr=[
            [bar.spread.median - bar.spread.low for bar in bars],
            [bar.spread.high - bar.spread.median for bar in bars],
        ],
        color=[bar.colour for bar in bars],
        ecolor=INK,
        capsize=2,
    )
    axes.bar_label(drawn, [f"{bar.spread.median:,.0f}{unit}" for bar in bars], padding=4)
    axes.margins(x=0.18)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter("{x:,.0f}")


def _waiting(axes: Axes, results: Results) -> None:
    bars = [
        _bar(contender, Spread.of([one.p99_ms for one in results.latencies[contender.name]]))
        for contender in reversed(CONTENDERS)
        if contender.name in results.latencies
    ]
    _bars(axes, bars, unit=" ms")
    axes.set_title("Accepted to decided, p99 at half saturation", loc="left")


def _growth(axes: Axes, growth: Growth) -> None:
    _line(axes, [level.stored for level in growth.levels], [one.decided for one in growth.levels])
    first = growth.levels[0].stored
    for number, spread in growth.processes.items():
        _line(axes, [first], [spread])
        axes.annotate(
            f"{number} process{'es' if number > 1 else ''}",
            (first, spread.median),
            xytext=(8, 6 if number > 1 else -14),
            textcoords="offset points",
        )
    axes.set_xscale("log")
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(bottom=0)
    axes.margins(x=0.12)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.15)
    axes.set_xlabel("applications stored, as many reminders pending")
    axes.set_title("Wenqi: decided per second", loc="left")


def _line(axes: Axes, places: Sequence[int], spreads: Sequence[Spread]) -> None:
    axes.errorbar(
        places,
        [spread.median for spread in spreads],
        yerr=[
            [spread.median - spread.low for spread in spreads],
            [spread.high - spread.median for spread in spreads],
        ],
        color=OURS,
        marker="o",
        capsize=3,
    )
