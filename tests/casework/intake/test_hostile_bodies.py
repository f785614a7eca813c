"""An application, a batch line and a screening cost what they may cost, whatever they hold."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any, Final

import pytest

from casework.intake import ndjson, screening
from config.settings import Settings
from schemas.kit.problem import Refused, problem
from schemas.kit.strict_json import parse
from schemas.screenings import ScreeningSchema
from tests.support.effort import counted
from tests.support.hostile_bodies import CALLS, applications
from tests.support.packaged import load_application, load_screening, packaged_forms

APPLICATIONS: Final = applications()
MEGABYTES: Final = 12
"""Of one body; eight at once may cost a hundred."""


def _file(body: bytes) -> None:
    load_application(parse(body)).canonical()


def _read_line(body: bytes) -> None:
    ndjson.entry(1, body, packaged_forms)


def _answer(read: Callable[[bytes], Any], body: bytes) -> None:
    """The refusal is written out too."""
    try:
        read(body)
    except Refused as refused:
        error = problem(400, refused.code, refused.title, refused.detail, refused.errors)
        assert len(json.dumps(error)) < 2_000_000


def _cost(read: Callable[[bytes], Any], body: bytes) -> int:
    return counted(lambda: _answer(read, body))[1]


@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application_or_a_line(name: str) -> None:
    assert _cost(_file, APPLICATIONS[name]) < CALLS
    assert _cost(_read_line, APPLICATIONS[name]) < CALLS


@pytest.mark.parametrize("place", ["facts", "shared"])
@pytest.mark.parametrize("name", APPLICATIONS)
def test_a_screening(settings: Settings, name: str, place: str) -> None:
    """The same facts, for their provision or for all that ask for them."""

    def screen(body: bytes) -> None:
        raw = parse(body, ScreeningSchema.most_values)
        screening.run(settings, load_screening(raw))

    head, found, tail = APPLICATIONS[name].partition(b'"facts":')
    head = head.replace(b'"provision":"m01_tenant",', b"")
    facts = tail[:-1] if place == "shared" else b'{"m01_tenant":' + tail
    body = head + b'"' + place.encode() + b'":' + facts + b"}" if found else APPLICATIONS[name]
    screen(b'{"enterprise":{"name":"\xe6\xb5\x8b","kind":"natural_person"}}')  # reads the notice
    assert _cost(screen, body) < CALLS


@pytest.mark.parametrize("name", APPLICATIONS)
def test_memory(name: str) -> None:
    tracemalloc.start()
    try:
        _answer(_file, APPLICATIONS[name])
        assert tracemalloc.get_traced_memory()[1] < MEGABYTES * 1024 * 1024
    finally:
        tracemalloc.stop()
