"""A run as a table for people (docs/reliability.md holds one)."""

from __future__ import annotations

import os
import platform
from math import inf

from cli.tables import markdown
from faults.run import RECOVERY_LIMIT, Outcome, quantile


def rendered(outcome: Outcome) -> str:
    """The run in Markdown: totals, then every kind of fault, then what was found."""
    return "\n".join(_totals(outcome) + _kinds(outcome) + _found(outcome)).rstrip()


def _totals(outcome: Outcome) -> list[str]:
    log, judgement = outcome.log, outcome.judgement
    recoveries = log.recoveries()
    p50, p99 = (quantile(recoveries, percent) for percent in (50, 99))
    hardware = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    rows = [
        ("Seed", outcome.plan.seed),
        ("Machine", hardware),
        ("Other programs took of it", f"{outcome.foreign:.0%}"),
        ("Duration", f"{outcome.seconds / 60:.1f} min"),
        ("Faults injected", log.total),
        ("Faults that could not be injected (not counted)", len(log.failed)),
        ("Applications accepted", f"{judgement.accepted:,}"),
        ("Claims under (六) certified by officers meanwhile", f"{outcome.certified:,}"),
        ("Posted again after no or a refusing answer", f"{outcome.repeats:,}"),
        ("Posted again although answered", f"{outcome.replays:,}"),
        ("**Lost**", f"**{judgement.lost}**"),
        ("**Duplicated or unexpected effects**", f"**{judgement.doubled}**"),
        ("Work given up (dead letters)", judgement.dead),
        ("E-mail: messages that arrived / attempts", "{:,} / {:,}".format(*outcome.mails)),
        ("Webhook: messages that arrived / attempts", "{:,} / {:,}".format(*outcome.webhooks)),
        (
            "Recovery p50 / p99 / longest",
            f"{p50:.1f} / {p99:.1f} / {max(recoveries, default=0):.1f} s",
        ),
        (
            f"p99 without what others took, at most {RECOVERY_LIMIT} s (lease + 10 s)",
            f"{quantile(log.own_recoveries(), 99):.1f} s",
        ),
        ("Rounds that did not recover", len(log.stuck)),
        ("Disk full", outcome.disk),
    ]
    return [markdown(("", ""), rows), ""]


def _kinds(outcome: Outcome) -> list[str]:
    """Each kind. Faults come up to three at once and recover together: a kind's time is that of
    the rounds it was part of."""
    log = outcome.log
    rows = []
    for name, times in sorted(log.injected.items()):
        seconds = log.recoveries(name)
        shown = (quantile(seconds, 50), quantile(seconds, 99), max(seconds, default=0.0))
        rows.append((name, times, *(f"{each:.1f} s" for each in shown)))
    heads = ("Fault", "Times", "Recovery p50", "p99", "longest")
    return [markdown(heads, rows, right=range(1, len(heads))), ""]


def _found(outcome: Outcome) -> list[str]:
    log = outcome.log
    late = [each for each in log.rounds if (each.own_seconds or inf) > RECOVERY_LIMIT]
    return [
        *(f"* Slower than the limit: {each}" for each in late),
        *(f"* Not injected: {failure}" for failure in log.failed),
        *(f"* FOUND: {finding}" for finding in outcome.judgement.findings),
    ]
