"""The cipher that passes through, beside which encryption is measured."""

from __future__ import annotations

from bench.in_clear import passing_through
from casework.personal import parts, phone_ends, texts
from config import keys
from tests.support.keys import TEST_RING


def test_nothing_is_encrypted_and_all_is_read_and_then_it_is_again() -> None:
    keys.hold(TEST_RING)
    hashed = phone_ends.kept("k" * 32, "13800000000")
    contact = {"contact": {"phone": "13800000000"}}
    with passing_through():
        assert phone_ends.kept("k" * 32, "13800000000")[-1] == "#0000"
        made = parts.take_out(contact, {}, (), row=1)
        assert made.personal is not None
        assert b"13800000000" in made.personal
        assert parts.put_back("WQ261128-0000001-E", made.enterprise, made.facts, made.personal) == (
            contact,
            {},
        )
    sealed = texts.seal("13800000000", "delivery.address", "1")
    assert texts.unseal(sealed, "delivery.address", "1") == "13800000000"
    assert b"13800000000" not in (parts.take_out(contact, {}, (), row=1).personal or b"")
    assert phone_ends.kept("k" * 32, "13800000000") == hashed
