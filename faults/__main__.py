"""`python -m faults`: a full run, or a short one, printed as a table."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from faults.report import table
from faults.run import Plan, run


@click.command()
@click.option("--seed", type=int, default=6, show_default=True)
@click.option("--faults", type=int, default=300, show_default=True, help="Faults at least.")
@click.option("--accepted", type=int, default=50_000, show_default=True, help="Applications.")
@click.option("--minutes", type=float, default=60, show_default=True, help="At most.")
@click.option("--per-second", type=float, default=60, show_default=True, help="Offered load.")
@click.option("--plant", help="A bug to switch on (see faults/plants): the run should fail.")
@click.option("--keep", is_flag=True, help="Leave the folder of a run that failed.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the table.")
def main(
    seed: int,
    faults: int,
    accepted: int,
    minutes: float,
    per_second: float,
    plant: str | None,
    *,
    keep: bool,
    out: Path | None,
) -> None:
    """Break a whole Wenqi again and again while clients use it; then compare sets."""
    # Asked to stop, it still takes its servers, processes and volume down.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    plan = Plan(seed, faults, accepted, minutes, per_second, plant)
    outcome = run(plan, say=click.echo, keep=keep)
    text = table(outcome)
    click.echo(text)
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    reached = outcome.log.total >= faults and outcome.verdict.accepted >= accepted
    sys.exit(0 if outcome.is_good and reached else 1)


if __name__ == "__main__":
    main()
