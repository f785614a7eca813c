"""How a process of this room begins: with the tables of its release, and with its keys."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

import structlog

from casework.database import Database
from casework.operations import key_check, readiness
from config.keys import KeyMissing
from config.settings import Settings

LOOK_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


def when_ready(db: Database, settings: Settings) -> None:
    """Wait until the database has this release's tables, then hold the keys against it.

    Raises SystemExit: asked to end meanwhile (status 0), or a key is missing.
    """
    with _ending():
        _await_schema(db)
        try:
            _await_keys(db, settings)
        except KeyMissing as error:
            raise SystemExit(str(error)) from None


def _await_schema(db: Database) -> None:
    said = None
    while not (schema := readiness.schema(db)).ok:
        if schema.text != said:
            log.warning("schema.awaited", reason=schema.text)
            said = schema.text
        time.sleep(LOOK_SECONDS)
    if said is not None:
        log.info("schema.there")


def _await_keys(db: Database, settings: Settings) -> None:
    """It went away in between, where it cannot be asked. Raises KeyMissing."""
    while not key_check.agrees(db, settings):
        log.warning("keys.awaited")
        time.sleep(LOOK_SECONDS)


@contextmanager
def _ending() -> Iterator[None]:
    """SIGTERM and SIGINT end the process where it is: it has begun nothing yet. Told so expressly,
    because the first process of a container disregards them otherwise."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(0)

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, end) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)
