"""The server of API and pages: `python -m web.serve [--host H] [--port N] [MODULE:APP]`.

granian with `API_WORKERS` processes of `config.capacity.THREADS` threads on one port. The modules
are loaded once, before the processes part, so that each costs its own data only; one that dies is
replaced. What they count is kept in files of a folder they share (:mod:`api.metrics`), so that
whichever of them is asked for metrics answers for all.
"""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Final

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from config.capacity import THREADS
from config.settings import Settings, SettingsError, api_workers, operator_listen
from config.telemetry.logs import configure_logging, log_config
from config.urls import Address

STOP_SECONDS: Final = 10
"""What a process may take to answer the requests it has begun when it is asked to stop."""

TARGET: Final = "web.wsgi:app"
_METRICS: Final = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own variable


@click.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8000, type=click.IntRange(1, 65535))
@click.argument("target", default=TARGET)
def main(host: str, port: int, target: str) -> None:
    """Serve until SIGTERM or SIGINT; what has begun is answered."""
    try:
        workers = api_workers()
        _require_free(operator_listen())
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    # Of this process alone: those that serve configure their own (web.wsgi).
    configure_logging("WARNING", "api")
    counts = Path(tempfile.mkdtemp(prefix="wenqi-metrics-"))
    # Read when prometheus_client is first imported, so before our own modules are.
    os.environ[_METRICS] = str(counts)
    try:
        if target == TARGET:
            Settings.from_env()
            _load()
        try:
            Granian(
                target,
                address=host,
                port=port,
                interface=Interfaces.WSGI,
                workers=workers,
                blocking_threads=THREADS,
                websockets=False,
                respawn_failed_workers=True,
                workers_kill_timeout=STOP_SECONDS,
                log_level=LogLevels.warning,
                log_dictconfig=log_config("WARNING"),
            ).serve()
        finally:  # however it ended
            _say_refusal(counts)
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    finally:
        shutil.rmtree(counts, ignore_errors=True)


def _load() -> None:
    """Load the application for all processes. What it is made of stays as long as they do: the
    collector, which would walk through it again and again meanwhile, never looks at it."""
    gc.disable()
    importlib.import_module("web.app")
    gc.freeze()
    gc.enable()


def _say_refusal(counts: Path) -> None:
    """End with the sentence that one of the processes has left there, if any has."""
    # Only now: PROMETHEUS_MULTIPROC_DIR is set.
    from web import first_keys

    if (said := first_keys.refusal(counts)) is not None:
        raise SystemExit(said)


def _require_free(address: Address | None) -> None:
    """Refuse an address that somebody else listens at: our processes would share it silently.

    Raises SettingsError.
    """
    if address is None:
        return
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise SettingsError(f"OPERATOR_LISTEN: {address}: {error.strerror}") from error


if __name__ == "__main__":
    main()
