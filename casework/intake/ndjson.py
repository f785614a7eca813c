"""NDJSON: one application per line, read in constant memory, each line as strictly as a body."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, Final

from casework.intake.batch import Entry
from schemas.application import load_application
from schemas.form_set import FormsOf
from schemas.kit.format_errors import FormatErrors, field_error
from schemas.kit.problem import MOST_ERRORS, Refused
from schemas.kit.strict_json import TooLarge, parse

KEY: Final = re.compile(r"[!-~]{1,200}", re.ASCII)
"""An idempotency key."""
KEY_NAME: Final = "idempotency_key"

_CHUNK: Final = 16 * 1024
"""Bytes asked for at once: the server waits until it has as many, so not more than some lines."""


def split(read: Callable[[int], bytes], limit: int) -> Iterator[bytes | None]:
    """The lines of a stream without their ends; None for one of more than ``limit`` bytes.

    ``read(size)`` gives up to ``size`` bytes, none at the end. Never holds more than a line
    and a chunk. A byte order mark at the very start is no part of the first line.
    """
    held = bytearray()
    too_long = False
    chunk = read(_CHUNK)
    while len(chunk) < len(BOM_UTF8) and (more := read(_CHUNK)):
        chunk += more
    chunk = chunk.removeprefix(BOM_UTF8)
    while chunk:
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            held += chunk[start:end]
            yield None if too_long or len(held) > limit else bytes(held)
            held.clear()
            too_long = False
            start = end + 1
        held += chunk[start:]
        if len(held) > limit:
            too_long = True
            held.clear()
        chunk = read(_CHUNK)
    if held or too_long:
        yield None if too_long else bytes(held)


def entries(read: Callable[[int], bytes], limit: int, forms_of: FormsOf) -> Iterator[Entry]:
    """The applications of an NDJSON stream; blank lines are counted, but are no entries.

    Their ``place`` is the line's number from 1, their ``refusal``, if any, what :func:`refusal`
    makes.
    """
    for number, line in enumerate(split(read, limit), 1):
        if line is None:
            yield Entry(number, None, refusal=refusal(TooLarge(limit)))
        elif line.strip():
            yield entry(number, line, forms_of)


def refusal(error: Refused) -> dict[str, Any]:
    """Status, code, words and errors of a refused line, as the answer to a request would have
    them."""
    listed = [asdict(one) for one in error.errors[:MOST_ERRORS]]
    return {
        "status": error.status, "code": error.code, "detail": error.detail, "errors": listed
    }  # fmt: skip


def check_key(key: object) -> None:
    """Refuse (FormatErrors) what cannot be an idempotency key."""
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise FormatErrors([field_error("/" + KEY_NAME, "invalid_idempotency_key")])


def entry(number: int, line: bytes, forms_of: FormsOf) -> Entry:
    """The application of one line; ``refusal`` says why there is none."""
    key = None
    try:
        raw = parse(line, first_line=number)
        if isinstance(raw, dict) and KEY_NAME in raw:
            key = raw.pop(KEY_NAME)
            check_key(key)
        submission = load_application(raw, forms_of)
    except Refused as refused:
        return Entry(number, None, size=len(line), refusal=refusal(refused))
    return Entry(number, submission, key, len(line))
