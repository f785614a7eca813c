"""Nothing of a person reaches a log line."""

from __future__ import annotations

import random
import string
from decimal import Decimal
from typing import Any

import pytest

from config.telemetry.masking import _HARMLESS, _SHAPES, MASK, describe_error, mask_event, mask_text


@pytest.mark.parametrize(
    "secret",
    [
        "13800000000",
        "66218055",
        "66201155-26042",
        "010-66218055",
        "91110102MA00A001XU",
        "office@example.org",
        "7K2QX-00000-ABCDE-ZZZZZ",
        "30000.00",
        "1,234,567.89",
        "wq_" + "Ab0_-" * 8,
        "Bearer abcdefghijklmnop",
    ],
)
@pytest.mark.parametrize("around", ["{}", "发给 {} 的", "(to={};)", "x {}, y"])
def test_what_has_a_shape_is_masked_in_any_text(secret: str, around: str) -> None:
    assert mask_text(around.format(secret)) == around.format(MASK)


def test_credentials_in_urls_are_masked() -> None:
    assert mask_text("redis://:secret@127.0.0.1:6379/0") == f"redis://{MASK}@127.0.0.1:6379/0"


@pytest.mark.parametrize(
    "harmless",
    [
        "WQ200511-0000001-X",
        "WQ200511-1234567-9",
        "0b0e7a3c-6a8c-4c0e-9a55-3a9f6f0f2f11",
        "72d667533d81010753e536e0f0b0d839",
        "/api/v1/applications/<receipt>",
        "0001_first_schema",
        "127.0.0.1:8000",
        "casework.intake.accept:accept:61",
        "took 0.25s",
        "2020-05-11",
    ],
)
def test_ids_and_places_stay_readable(harmless: str) -> None:
    assert mask_text(harmless) == harmless


def test_what_is_passed_without_a_closer_look_has_none_of_the_shapes() -> None:
    chance = random.Random(19)  # noqa: S311 - chance, not secrets
    for _ in range(3000):
        signs = chance.choice(
            [string.digits, string.hexdigits, string.ascii_letters + "0123456789"]
        )
        word = "".join(chance.choices(signs, k=chance.randint(19, 64)))
        serial = chance.randrange(10 ** chance.randint(7, 10))
        for text in (
            word,
            f"WQ{chance.randrange(10**6):06}-{serial:07}-{chance.choice(signs).upper()}",
        ):
            assert _HARMLESS.fullmatch(text)
            assert not _SHAPES.search(text)
    for text in (
        "138000000001380000",
        "wq_" + "a" * 20,
        "a" * 20 + "@b.cn",
        "WQ200511-13800000000-1",
    ):
        assert not _HARMLESS.fullmatch(text)


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("name", "测试甲", MASK),
        ("whatever_is_new", "测试甲", MASK),
        ("amount", 60000, MASK),
        ("amount_due", Decimal("60000.00"), MASK),
        ("rent", 30000.0, MASK),
        ("enterprise", {"name": "测试甲", "employees": 5}, {"name": MASK, "employees": 5}),
        ("names", ["测试甲"], [MASK]),
        ("error", ValueError("测试甲"), MASK),
        ("body", b"{}", MASK),
        ("receipt", "WQ200511-0000001-X", "WQ200511-0000001-X"),
        ("receipts", ["WQ200511-0000001-X"], ["WQ200511-0000001-X"]),
        ("first", "WQ200511-0000001-X", "WQ200511-0000001-X"),
        ("last", "WQ200511-0000001-X", "WQ200511-0000001-X"),
        ("to", "sasac", "sasac"),
        ("to", "a@example.org", MASK),
        ("status", 202, 202),
        ("replayed", True, True),
        ("elapsed_ms", 1.5, 1.5),
        ("outcome", None, None),
    ],
)
def test_texts_pass_by_their_key_only(key: str, value: Any, written: Any) -> None:
    assert mask_event(None, "info", {key: value}) == {key: written}


def test_an_error_is_described_by_types_and_places() -> None:
    def fail() -> None:
        try:
            int("测试甲")
        except ValueError as cause:
            raise LookupError("13800000000") from cause

    try:
        fail()
    except LookupError as error:
        described = describe_error(error)
    assert described["error"] == "LookupError"
    assert described["error_chain"] == ["ValueError"]
    assert [frame.split(":")[1] for frame in described["frames"]] == [
        "test_an_error_is_described_by_types_and_places",
        "fail",
    ]
    assert "测试甲" not in str(described)
    assert "13800000000" not in str(described)


def test_a_whole_number_that_looks_like_a_telephone_is_masked_as_well() -> None:
    masked = mask_event(None, "info", {"count": 13_800_000_000, "ids": [7, 13_800_000_000]})
    assert masked == {"count": MASK, "ids": [7, MASK]}
