"""What one application costs, and how many cores a rate takes: for the page on scaling."""

from __future__ import annotations

from collections.abc import Sequence

from bench.results import WENQI, Results
from cli.tables import numbers

RATES = (500, 2_000, 10_000, 20_000)
PRIMARY_CORES = 16


def text(results: Results) -> str:
    """Costs, the cores they take at some rates, and what a database machine could take.

    Raises KeyError if intake and deciding were not measured.
    """
    api, accepting, working, deciding = (
        results.median(WENQI, f"{phase}_{part}_ms")
        for phase in ("intake", "decided")
        for part in ("app", "server")
    )
    costs: list[Sequence[str]] = [
        ("CPU ms per application", "Python", "PostgreSQL"),
        ("accepted, form by form", f"{api:.2f}", f"{accepting:.2f}"),
        ("decided, in chunks", f"{working:.2f}", f"{deciding:.2f}"),
    ]
    database = accepting + deciding
    full = PRIMARY_CORES / database * 1000
    cores: list[Sequence[str]] = [
        ("applications/s", "API cores", "worker cores", "PostgreSQL cores"),
        *(
            (f"{rate:,}", *(f"{rate * ms / 1000:.1f}" for ms in (api, working, database)))
            for rate in RATES
        ),
    ]
    return "\n".join(
        (
            *numbers(costs),
            "",
            *numbers(cores),
            "",
            f"PostgreSQL on {PRIMARY_CORES} such cores: full at {full:,.0f} applications/s.",
        )
    )
