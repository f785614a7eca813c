"""Encryption at rest: what was encrypted for one place is read there, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.personal import encryption
from casework.personal.encryption import Unreadable, decrypt, encrypt
from config import keys
from config.keys import KeyMissing

OLD, NEW = (keys.new_entry(each) for each in ("old", "new"))
BEFORE, BOTH, AFTER = (keys.parse("DATA_KEYS", text) for text in (OLD, f"{NEW},{OLD}", NEW))
PLACE: dict[str, Any] = {"table": "visit", "field": "note", "row": 7}
NAMES = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
PLACES = st.fixed_dictionaries(
    {"table": NAMES, "field": NAMES, "row": st.integers(1, 2**63 - 1) | NAMES}
)


@given(TEXTS, PLACES, PLACES)
def test_only_the_same_table_field_and_row_is_read(
    text: str, place: dict[str, Any], other: dict[str, Any]
) -> None:
    sealed = encrypt(BEFORE, text, **place)
    assert decrypt(BEFORE, sealed, **place) == text
    assert text.encode() not in sealed or len(text) < 4
    for name, value in place.items():
        changed = {**place, name: other[name]}
        if str(changed[name]) != str(value):
            with pytest.raises(Unreadable):
                decrypt(BEFORE, sealed, **changed)


@given(TEXTS, st.data())
def test_a_changed_bit_or_a_missing_end_is_never_text(text: str, data: st.DataObject) -> None:
    sealed = bytearray(encrypt(BEFORE, text, **PLACE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    short = bytes(sealed[:at])
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    for spoiled in (bytes(sealed), short):
        with pytest.raises((Unreadable, KeyMissing)):
            decrypt(BEFORE, spoiled, **PLACE)


def test_neither_another_key_of_the_same_id_nor_a_lost_one_gives_garbage() -> None:
    sealed = encrypt(BEFORE, "甲", **PLACE)
    with pytest.raises(KeyMissing, match=r"^DATA_KEYS has no key 'old'"):
        decrypt(AFTER, sealed, **PLACE)
    with pytest.raises(Unreadable):
        decrypt(keys.parse("DATA_KEYS", keys.new_entry("old")), sealed, **PLACE)


def test_a_ring_reads_the_old_and_writes_the_new() -> None:
    sealed = encrypt(BEFORE, "甲", **PLACE)
    assert decrypt(BOTH, sealed, **PLACE) == "甲"
    assert not sealed.startswith(encryption.prefix(BOTH))
    anew = encrypt(BOTH, "甲", **PLACE)
    assert anew.startswith(encryption.prefix(BOTH))
    assert encryption.key_id(anew) == "new"
    assert decrypt(AFTER, anew, **PLACE) == "甲"
    assert encrypt(BOTH, "甲", **PLACE) != anew, "the same text twice looks different"
