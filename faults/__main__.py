"""`python -m faults`: a full run, or a short one, printed as a table."""

from __future__ import annotations

import logging
import signal
import sys
import time
from pathlib import Path

import click
import structlog

from bench.page import put
from faults.kinds import KINDS
from faults.report import rendered
from faults.run import Plan, run

FAULTS, ACCEPTED = 300, 50_000
"""What makes a run a full one, whose table the page shows."""

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"


@click.command()
@click.option("--seed", type=int, default=6, show_default=True)
@click.option("--faults", type=int, default=FAULTS, show_default=True, help="Faults at least.")
@click.option("--accepted", type=int, default=ACCEPTED, show_default=True, help="Applications.")
@click.option("--minutes", type=float, default=38, show_default=True, help="Faults end by then.")
@click.option("--per-second", type=float, default=40, show_default=True, help="Offered load.")
@click.option("--kinds", multiple=True, help="Only kinds of fault whose name holds this.")
@click.option("--at-once", type=click.IntRange(1, 3), default=3, show_default=True)
@click.option("--plant", help="A bug to switch on (see faults/plants): the run should fail.")
@click.option("--keep", is_flag=True, help="Leave the folder of a run that failed.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the table.")
def main(  # noqa: PLR0913 -- options of a command
    *,
    seed: int,
    faults: int,
    accepted: int,
    minutes: float,
    per_second: float,
    kinds: tuple[str, ...],
    at_once: int,
    plant: str | None,
    keep: bool,
    out: Path | None,
) -> None:
    """Break a whole Wenqi again and again while clients use it; then compare sets.

    A full run that is good puts its table on docs/reliability.md. Exit code 1: the guarantees did
    not hold, or the run did not come to what it was to reach.
    """
    # What the harness files itself is no news.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    # Asked to stop, it still takes its servers, processes and volume down.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chosen = [kind for kind in KINDS if not kinds or any(part in kind.name for part in kinds)]
    plan = Plan(seed, faults, accepted, minutes, per_second, plant, chosen, at_once)
    outcome = run(plan, say=_say, keep=keep)
    text = rendered(outcome)
    click.echo(text)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    is_full = outcome.log.total >= FAULTS and outcome.judgement.accepted >= ACCEPTED
    if outcome.is_good and is_full and plant is None:
        put(PAGE, "last run", text)
    sys.exit(0 if outcome.is_good and outcome.has_reached else 1)


def _say(line: str) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')} {line}")


if __name__ == "__main__":
    main()
