"""How every process of this room begins: `python -m workers.begin relay|worker|beat [OPTION…]`.

The settings are read first of all: a wrong one ends the process with its sentence before anything
is loaded that it works with. `worker` and `beat` are Celery's own commands, with its options.
"""

from __future__ import annotations

import sys

from config.settings import Settings, SettingsError
from config.telemetry.logs import configure_logging

_CELERY = ("celery", "-A", "workers.app", "--quiet")
"""Quiet: a banner is no line of JSON."""


def main() -> None:
    """Run what the command line names. Raises SystemExit with what is wrong about a setting."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    # From the first line on: Celery warns of root before it sets logging up.
    process, *_ = (*sys.argv[1:], "worker")
    configure_logging(settings.log_level, process)
    if process == "relay":
        from workers import relay

        relay.main()
        return
    from celery.bin.celery import main as run

    sys.argv = [*_CELERY, *sys.argv[1:]]
    sys.exit(run())


if __name__ == "__main__":
    main()
