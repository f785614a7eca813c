"""The picture: intake, deciding, latency and growth, as SVG."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.contenders import CONTENDERS
from bench.results import WENQI, Results

INK, MUTED, OURS, LIMIT = "#1f2933", "#9aa5b1", "#c0392b", "#52606d"


def draw(results: Results, path: Path) -> None:
    """Write the chart; same numbers, same bytes."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "wenqi", "font.size": 9})
    figure = Figure(figsize=(10, 6.2), layout="constrained")
    (intake, deciding), (waiting, growth) = figure.subplots(2, 2)
    _rates(intake, results, "intake", "Accepted per second", logarithmic=False)
    if results.limits:
        combined = results.limit("combined")
        intake.axvline(combined, color=LIMIT, linestyle=":", linewidth=1)
        intake.set_xlabel(f"dotted: pgbench and ping one after the other, {combined:,.0f}")
    _rates(deciding, results, "decided", "Decided per second (logarithmic)", logarithmic=True)
    _waiting(waiting, results)
    _growth(growth, results)
    for axes in (intake, deciding, waiting, growth):
        axes.spines[["top", "right"]].set_visible(False)
        axes.title.set_color(INK)
    figure.savefig(path, format="svg", metadata={"Date": None})


def _rates(axes: Axes, results: Results, column: str, title: str, *, logarithmic: bool) -> None:
    names, medians, errors, colours = [], [], ([], []), []  # type: ignore[var-annotated]
    for contender in reversed(CONTENDERS):
        spread = results.spread(contender.name, column)
        if spread is None:
            continue
        names.append(contender.title.partition(" (")[0])
        medians.append(spread.median)
        errors[0].append(spread.median - spread.low)
        errors[1].append(spread.high - spread.median)
        colours.append(OURS if contender.name == WENQI else MUTED)
    bars = axes.barh(names, medians, xerr=errors, color=colours, ecolor=INK, capsize=2)
    axes.bar_label(bars, [f"{median:,.0f}" for median in medians], padding=6)
    axes.margins(x=0.2)
    if logarithmic:
        axes.set_xscale("log")
    axes.set_title(title, loc="left")


def _waiting(axes: Axes, results: Results) -> None:
    names, values, colours = [], [], []
    for contender in reversed(CONTENDERS):
        if contender.name in results.latencies:
            names.append(contender.title.partition(" (")[0])
            values.append(results.p99(contender.name))
            colours.append(OURS if contender.name == WENQI else MUTED)
    bars = axes.barh(names, values, color=colours)
    axes.bar_label(bars, [f"{value:,.0f} ms" for value in values], padding=6)
    axes.margins(x=0.2)
    axes.set_title("Accepted to decided, p99 at half saturation", loc="left")


def _growth(axes: Axes, results: Results) -> None:
    stored = [level.stored for level in results.levels]
    decided = [level.decided for level in results.levels]
    axes.errorbar(
        stored,
        [spread.median for spread in decided],
        yerr=[
            [spread.median - spread.low for spread in decided],
            [spread.high - spread.median for spread in decided],
        ],
        color=OURS,
        marker="o",
        capsize=3,
    )
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("applications stored")
    axes.set_title("Wenqi: decided per second as the store grows", loc="left")
