"""`make bench`: everything side by side, in one run.

python -m bench                 all of it, under 15 minutes on two quiet cores
python -m bench --quick         two repetitions, no million stored: a look, not a result
python -m bench --only intake   one part (intake, bulk, latency, growth, visits; repeatable)
python -m bench --encryption    instead: beside itself with a cipher that passes through, in pairs
python -m bench --lists         instead: pages of the desk beside 10,000 and 1,000,000 stored cases
python -m bench --million       instead: one batch of a million lines, and what memory it takes
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bench import REPOSITORY, report
from bench.contenders import CONTENDERS, TEXTBOOK, WENQI
from bench.machine import BenchError, Machine, describe, machine
from bench.meter import Foreign
from bench.page import fenced, put
from bench.results import Results
from bench.scenarios import (
    batches,
    encryption,
    growth,
    latency,
    limits,
    lists,
    sameness,
    steps,
    throughput,
    visits,
)

PARTS = ("intake", "bulk", "latency", "growth", "visits")
PAGE = REPOSITORY / "docs" / "performance.md"
SCALING = PAGE.with_name("scaling.md")
SIZES = (10_000, 100_000, 1_000_000)
VISITS, REMINDERS = 100_000, 10_000


class Run:
    """One run: what was asked for, and the clock."""

    def __init__(self, chosen: argparse.Namespace, place: Machine) -> None:
        self.parts = set(chosen.only or PARTS)
        self.quick: bool = chosen.quick
        self.repetitions = 2 if chosen.quick else chosen.repetitions
        self.sizes = SIZES[:2] if chosen.quick else SIZES
        self.machine = place
        self.begun = time.monotonic()
        self.results = Results(describe())

    def everything(self) -> Results:
        """Run the parts in order. Raises BenchError."""
        foreign = Foreign()
        self.say("checking that everyone does the same work")
        sameness.check(self.machine)
        if self.parts & {"intake", "latency"}:
            self.throughput()
        if "bulk" in self.parts:
            self.say("batches and imports")
            self.results.bulk = batches.measure(self.machine, self.repetitions, self.say)
        if "latency" in self.parts:
            self.latency()
        if "growth" in self.parts:
            self.say(f"growth to {self.sizes[-1]:,} stored applications")
            self.results.growth = growth.measure(self.machine, self.sizes, self.say)
        if "visits" in self.parts:
            self.visits()
        self.results.foreign_share = foreign.share()
        self.results.seconds = time.monotonic() - self.begun
        return self.results

    def throughput(self) -> None:
        """Interleaved, so that a slow minute of the machine hits everyone alike."""
        self.results.steps = steps.measure()
        self.results.ceilings = limits.ceilings(self.machine, int(self.results.machine["cores"]))
        for repetition in range(1, self.repetitions + 1):
            self.say(f"intake and deciding, repetition {repetition} of {self.repetitions}")
            self.results.limits.append(limits.measure(self.machine))
            for contender in CONTENDERS:
                sample = throughput.measure(self.machine, contender)
                self.results.samples.setdefault(contender.name, []).append(sample)
                self.say(
                    f"  {contender.title}: {sample.intake:,.0f} accepted/s, "
                    f"{sample.decided:,.0f} decided/s"
                )

    def latency(self) -> None:
        """At half of what each has just shown; twice for the two that a target compares."""
        for contender in (*CONTENDERS, TEXTBOOK, WENQI):
            rate = self.results.saturation(contender.name) / 2
            self.say(f"accepted to decided at {rate:,.0f}/s: {contender.title}")
            measured = latency.measure(self.machine, contender, rate)
            self.results.latencies.setdefault(contender.name, []).append(measured)
        self.say("single applications on an idle system")
        self.results.singles[WENQI.name] = latency.single(self.machine, WENQI)

    def visits(self) -> None:
        """Ends the run if a visit is planned or reminded of twice, or not at all."""
        share = 10 if self.quick else 1
        self.say(f"{VISITS // share:,} visits, {REMINDERS // share:,} reminders")
        self.results.followed = visits.measure(self.machine, VISITS // share, REMINDERS // share)

    def encryption(self) -> str:
        """What encrypting costs, in words and figures. Raises BenchError."""
        foreign = Foreign()
        measured = encryption.measure(self.machine, self.say)
        return encryption.text(measured, foreign.share())

    def million(self) -> str:
        """One batch of a million lines."""
        return report.million(batches.million(self.machine))

    def lists(self) -> str:
        """What the desk's pages cost beside a little that is stored, and beside a lot."""
        return lists.text(lists.measure(self.machine, (self.sizes[0], self.sizes[-1]), self.say))

    def say(self, line: str) -> None:
        """Tell how far we are."""
        print(f"[{time.monotonic() - self.begun:5.0f} s] {line}", flush=True)


def main() -> None:
    """Parse the command line, run, print the table, write the files."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="a look, not a result")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; repeatable")
    parser.add_argument("--million", action="store_true", help="one batch of a million lines")
    parser.add_argument("--encryption", action="store_true", help="what it costs, side by side")
    parser.add_argument("--lists", action="store_true", help="the desk's pages, a lot stored")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--data", type=Path, default=REPOSITORY / "var" / "bench")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "bench" / "results")
    chosen = parser.parse_args()
    try:
        with machine(chosen.data) as place:
            run = Run(chosen, place)
            for name, measure in (
                ("million", run.million),
                ("encryption", run.encryption),
                ("lists", run.lists),
            ):
                if getattr(chosen, name):
                    said = measure()
                    put(PAGE, name, fenced(said))
                    print(said)
                    return
            results = run.everything()
    except BenchError as error:
        sys.exit(f"bench: {error}")
    print()
    print(report.text(results))
    if chosen.quick or chosen.only:
        print("(Not written to bench/results: that takes a whole run.)")
    else:
        report.write(results, chosen.results, PAGE, SCALING)
        print(
            f"Written to {chosen.results} (latest.json, latest.svg), {PAGE.name} and {SCALING.name}"
        )


if __name__ == "__main__":
    main()
