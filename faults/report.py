"""A run as a table for people (docs/reliability.md holds one)."""

from __future__ import annotations

import os
import platform

from faults.run import RECOVERY_LIMIT, Outcome


def table(outcome: Outcome) -> str:
    """The run in Markdown: totals, then every kind of fault, then what was found."""
    log, verdict = outcome.log, outcome.verdict
    totals = [
        ("Seed", outcome.plan.seed),
        (
            "Machine",
            f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        ),
        ("Duration", f"{outcome.seconds / 60:.1f} min"),
        ("Faults injected", log.total),
        ("Applications accepted", f"{verdict.accepted:,}"),
        ("Posted again after no or a refusing answer", f"{outcome.repeats:,}"),
        ("Posted again although answered", f"{outcome.replays:,}"),
        ("**Lost**", f"**{verdict.lost}**"),
        ("**Duplicated or unexpected effects**", f"**{verdict.doubled}**"),
        ("Work given up (dead letters)", verdict.dead),
        ("E-mail: messages that arrived / attempts", "{:,} / {:,}".format(*outcome.mails)),
        ("Webhook: messages that arrived / attempts", "{:,} / {:,}".format(*outcome.webhooks)),
        ("Recovery p50 / p99", f"{outcome.p50:.1f} s / {outcome.p99:.1f} s"),
        ("Limit of recovery (lease + 10 s)", f"{RECOVERY_LIMIT} s"),
        ("Rounds that did not recover", len(log.stuck)),
        ("Disk full", outcome.disk),
    ]
    lines = ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in totals), ""]
    lines += ["| Fault | Times | Slowest recovery |", "|---|---:|---:|"]
    for name, times in sorted(log.injected.items()):
        slowest = max((seconds for kind, seconds in log.recoveries if kind == name), default=None)
        lines.append(f"| {name} | {times} | {'–' if slowest is None else f'{slowest:.1f} s'} |")
    lines += ["", *(f"* FOUND: {finding}" for finding in verdict.findings)]
    return "\n".join(lines).rstrip()
