"""Rings of keys: what may stand in them, and what must never be taken for one."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from config import keys
from config.keys import Key, KeyMissing
from config.settings import Settings, SettingsError

# Fixed, because names of tests hold them, and every worker must name its tests alike.
A, B = f"2026a:{'QUFB' * 11}", f"2025:{'QkJC' * 11}"
PLAIN = "plain-" + "0" * 32


def test_a_ring_is_read_newest_first_from_a_line_or_a_file() -> None:
    ring = keys.parse("DATA_KEYS", f"{A},{B}")
    assert [key.id for key in ring.keys] == ["2026a", "2025"]
    assert ring.newest.value == base64.b64decode(A.partition(":")[2])
    assert keys.parse("DATA_KEYS", f"# this year's\n{A}\n\n{B} # the old one\n") == ring
    assert base64.b64encode(ring.newest.value).decode() not in repr(ring)


def test_a_plain_text_of_today_stays_a_key_and_moves_into_a_ring() -> None:
    plain = keys.parse_secret("SECRET_KEY", PLAIN)
    assert plain.keys == (Key(keys.PLAIN, PLAIN.encode()),)
    moved = f"{A},0:{base64.b64encode(PLAIN.encode()).decode()}"
    assert keys.parse_secret("SECRET_KEY", moved).key("0") == plain.newest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "no-id",
        f"{A},{A}",
        "a:" + "A" * 20,
        "A:" + "A" * 44,
        "a:" + "*" * 44,
        "a:" + "A" * 45,
        f"{A},plain",
        "a" * 17 + A[1:],
    ],
)
def test_what_is_no_ring_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(must be keys|names two|holds a key)"):
        keys.parse("DATA_KEYS", text)


@pytest.mark.parametrize("text", ["short", "2026a:" + "*" * 60, f"2026a : {'A' * 60}"])
def test_a_slip_in_a_ring_does_not_become_a_plain_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"must"):
        keys.parse_secret("SECRET_KEY", text)


def test_keys_of_purposes_and_rings_differ() -> None:
    ring = keys.parse("DATA_KEYS", f"{A},{B}")
    made = {key.of(purpose) for key in ring.keys for purpose in (b"a", b"b")}
    assert len(made | {key.value for key in ring.keys}) == 6
    assert {len(each) for each in made} == {keys.KEY_BYTES}


def test_a_missing_key_is_named_in_one_sentence() -> None:
    with pytest.raises(KeyMissing, match=r"^DATA_KEYS has no key '2025'.*\.$"):
        keys.parse("DATA_KEYS", A).key("2025")


def test_settings_take_the_ring_from_variable_or_file_but_not_from_both(tmp_path: Path) -> None:
    urls = {"DATABASE_URL": "postgresql://u@h/d", "REDIS_URL": "redis://h/0"}
    file = tmp_path / "data-keys"
    file.write_text(f"{A}\n{B}\n", encoding="ascii")
    given = Settings.from_env({**urls, "DATA_KEYS": f"{A},{B}"})
    assert "2026a" not in repr(given)
    filed = Settings.from_env({**urls, "DATA_KEYS_FILE": str(file)})
    assert filed.require_data_keys() == given.require_data_keys()
    with pytest.raises(SettingsError, match="both"):
        Settings.from_env({**urls, "DATA_KEYS": A, "DATA_KEYS_FILE": str(file)})
    file.write_text("broken", encoding="ascii")
    with pytest.raises(SettingsError, match=r"^DATA_KEYS_FILE .*data-keys: must be keys"):
        Settings.from_env({**urls, "DATA_KEYS_FILE": str(file)})
    with pytest.raises(SettingsError, match=r"^DATA_KEYS is not set"):
        Settings.from_env(urls).require_data_keys()
