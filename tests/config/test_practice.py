"""Local practice as the environment sets it."""

from __future__ import annotations

from datetime import time

import pytest

from config import dated
from config.practice import Practice
from config.settings import Settings, SettingsError

NEEDED = {"DATABASE_URL": "postgresql://u:p@host/db", "REDIS_URL": "redis://host:6379/0"}


def read(**variables: str) -> Practice:
    return Settings.from_env({**NEEDED, **variables}).practice


def test_without_variables_the_standard_applies() -> None:
    assert read() == Practice()


def test_values_are_taken_over() -> None:
    practice = read(
        VISITS_PER_DAY="7", VISIT_GAP_WORKING_DAYS="0", REQUEST_WORKING_DAYS="3",
        QUIET_HOURS="12:00-13:30", DIGEST_AT="off",
    )  # fmt: skip
    assert (practice.visits_per_day, practice.gap, practice.request) == (7, 0, 3)
    assert practice.quiet == (time(12), time(13, 30))
    assert practice.digest is None
    quiet = dated.parameters()["QUIET_HOURS"]
    assert dated.text_of(quiet, practice.quiet) == "12:00—13:30", "one span, not two times"
    assert read(QUIET_HOURS="off").quiet is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VISITS_PER_DAY", "0"),
        ("DETERMINE_WORKING_DAYS", "0"),
        ("ESCALATE_WORKING_DAYS", "x"),
        ("QUIET_HOURS", "20:00"),
        ("QUIET_HOURS", "20:00-20:00"),
        ("QUIET_HOURS", "24:00-08:00"),
        ("DIGEST_AT", "9:30"),
    ],
)
def test_a_wrong_value_is_reported_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} "):
        read(**{name: value})
