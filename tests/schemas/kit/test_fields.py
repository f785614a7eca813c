"""Every kind of value a form asks for: what it takes, how it writes it back, why it refuses."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields
from stdnum.cn import uscc as stdnum_uscc

from schemas.kit.base import StrictSchema
from schemas.kit.fields import (
    Choice,
    DateField,
    EmailAddress,
    Money,
    Month,
    Phone,
    Text,
    Uscc,
    Whole,
    YesNo,
)
from vocabulary.forms import District


def _only(field: fields.Field[Any]) -> Schema:
    return StrictSchema.from_dict({"x": field})()


def _written(field: fields.Field[Any], value: Any) -> Any:
    schema = _only(field)
    return schema.dump(schema.load({"x": value}))["x"]


def _refusal(field: fields.Field[Any], value: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        _only(field).load({"x": value})
    (message,) = refused.value.messages_dict["x"]
    code: str = message.code
    return code


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("30000.00", "30000.00"),
        ("30000", "30000.00"),
        (" 30000.5 ", "30000.50"),
        ("３００", "300.00"),
        ("３０．５", "30.50"),
        (30000, "30000.00"),
        (0, "0.00"),
        (Decimal("0.1"), "0.10"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("-0.0"), "0.00"),
        ("99999999999.99", "99999999999.99"),
    ],
)
def test_money_is_written_to_the_fen(given: Any, written: str) -> None:
    assert _written(Money(), given) == written


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("-0.01", "negative"),
        (-1, "negative"),
        ("1.234", "too_many_decimals"),
        ("30000.000", "too_many_decimals"),
        (Decimal("0.001"), "too_many_decimals"),
        ("100000000000.00", "too_large"),
        (10**30, "too_large"),
        ("", "invalid_money"),
        ("1,000", "invalid_money"),
        ("1e3", "invalid_money"),
        ("NaN", "invalid_money"),
        ("３，０００", "invalid_money"),
        ("٣٠٠", "invalid_money"),
        (True, "invalid_money"),
        ([], "invalid_money"),
        (Decimal("NaN"), "invalid_money"),
        (None, "null_not_allowed"),
    ],
)
def test_money_refuses(given: Any, code: str) -> None:
    assert _refusal(Money(), given) == code


@pytest.mark.parametrize(
    "given",
    [
        "91350100M000100Y43",
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        " 9135 0100-M000 100Y-43 ",
    ],
)
def test_a_credit_code_is_normalised(given: str) -> None:
    assert _written(Uscc(), given) == "91350100M000100Y43"


@pytest.mark.parametrize(
    "code",
    [
        "914403001922038216",
        "91512081MA62K0260E",
        "91110000600037341L",
        "91110102MA00001460",  # remainder 0: the check character is 0, not 31
        "91110102MA00A001XU",
        "92110102MA00B00231",
        "52110102MJ0000034L",
        "N1110102MF00000050",
        "Y1110102MA0000077T",
    ],
)
def test_right_check_characters_pass(code: str) -> None:
    assert _written(Uscc(), code) == code


def _is_taken(code: str) -> bool:
    try:
        return bool(Uscc().read(code) == code)
    except ValidationError:
        return False


def test_the_quick_check_of_credit_codes_agrees_with_the_library() -> None:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    chance = random.Random(31)  # noqa: S311 - chance, not secrets
    for _ in range(300):
        begun = "".join(chance.choices("0123456789", k=8) + chance.choices(signs, k=9))
        right = [sign for sign in signs if stdnum_uscc.is_valid(begun + sign)]
        assert [sign for sign in signs if _is_taken(begun + sign)] == right
        assert len(right) == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("91350100M000100Y44", "invalid_uscc_check"),
        ("91350100M000100Y34", "invalid_uscc_check"),
        ("91350100M000100Y4Z", "invalid_uscc_check"),
        ("91350100M000100Y4", "invalid_uscc"),
        ("9135010OM000100Y43", "invalid_uscc"),
        ("1" * 100_000, "invalid_uscc"),
        ("", "invalid_uscc"),
        ("110102012345678", "registration_number"),
        ("I1110102MF0000005A", "invalid_uscc"),
        ("9A11010AMA00A001XU", "invalid_uscc"),
        (913501001234567890, "invalid_string"),
    ],
)
def test_wrong_credit_codes_are_refused(given: Any, code: str) -> None:
    assert _refusal(Uscc(), given) == code


@pytest.mark.parametrize(
    "given",
    [
        "66218055",
        "66201155-26042",
        "13800000000",
        "+86 13800000000",
        "86-13800000000",
        "010-66218055",
        "01066218055",
        "0755-26788888",
    ],
)
def test_phone_numbers_are_kept_as_written(given: str) -> None:
    assert _written(Phone(), given) == given


@pytest.mark.parametrize(
    "given",
    [
        "6621805",
        "662180555",
        "12811262060",
        "1380000000",
        "16218055",
        "66201155-",
        "66201155-2604212",
        "abc",
        "١٣٨٠٠٠٠٠٠٠٠",
    ],
)
def test_other_phone_numbers_are_refused(given: str) -> None:
    assert _refusal(Phone(), given) == "invalid_phone"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", "blank"),
        (" \u3000\n", "blank"),
        ("\u200b\u200b", "blank"),
        ("\u3164", "blank"),
        ("\u2800 \u2800", "blank"),
        ("\u00ad", "blank"),
        ("\u034f", "blank"),
        ("长" * 6, "too_long"),
        ("a\x00b", "control_character"),
        ("a\nb", "control_character"),
        ("a\u2028b", "control_character"),
        ("\u202e\ufeff", "blank"),
        (1, "invalid_string"),
        (["a"], "invalid_string"),
    ],
)
def test_text_refuses(given: Any, code: str) -> None:
    assert _refusal(Text(max_length=5), given) == code


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u00ad", "\u202d", "\u2060", "\u200f"])
def test_what_nobody_can_see_is_taken_out_of_every_single_line(unseen: str) -> None:
    def strewn(text: str) -> str:
        return unseen + unseen.join(text) + unseen

    assert _written(Text(), strewn("示例茶馆")) == "示例茶馆"
    assert _written(Uscc(), strewn("91110102MA00A001XU")) == "91110102MA00A001XU"
    assert _written(DateField(), strewn("2020-03-01")) == "2020-03-01"
    assert _written(Month(), strewn("2020-03")) == "2020-03"
    assert _written(Money(), strewn("30000.00")) == "30000.00"


def test_full_width_days_are_days() -> None:
    assert _written(DateField(), "２０２０－０３－０１") == "2020-03-01"
    assert _written(Month(), "２０２０－０３") == "2020-03"


def test_rare_characters_and_the_dot_in_a_name_are_kept() -> None:
    for name in ("阿依古丽·示例", "䶮𠀀𫞩（虚构）", "示例\U000e0100"):
        assert _written(Text(), name) == name


def test_text_is_trimmed_before_it_is_measured() -> None:
    assert _written(Text(max_length=2), "\u3000测试 ") == "测试"
    assert _written(Text(max_length=9, lines=True), "一\n二") == "一\n二"


@pytest.mark.parametrize(
    "given",
    ["2021-02-29", "2020-13-01", "2020-2-1", "20200301", "2020-W10-1", "2020-03-01T00:00:00", "٢"],
)
def test_impossible_dates_are_refused(given: str) -> None:
    assert _refusal(DateField(), given) == "invalid_date"
    assert _refusal(DateField(), "1899-12-31") == "date_out_of_range"
    assert _refusal(DateField(), "9999-12-31") == "date_out_of_range"


def test_dates_and_months_are_written_as_given() -> None:
    assert _written(DateField(), "2020-02-29") == "2020-02-29"
    assert _written(Month(), "2020-03") == "2020-03"
    assert _refusal(Month(), "2020-3") == "invalid_month"
    assert _refusal(Month(), 202003) == "invalid_month"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("5", "invalid_integer"),
        (Decimal("5.0"), "invalid_integer"),
        (True, "invalid_integer"),
        (-1, "negative"),
        (11, "out_of_range"),
    ],
)
def test_whole_numbers_refuse(given: Any, code: str) -> None:
    assert _refusal(Whole(high=10), given) == code


@pytest.mark.parametrize("given", ["true", 1, 0, "是", [], {}])
def test_yes_and_no_are_booleans_only(given: Any) -> None:
    assert _refusal(YesNo(), given) == "invalid_boolean"
    assert _written(YesNo(), False) is False


def test_a_choice_tells_the_labels() -> None:
    assert _written(Choice(District), "xicheng") == "xicheng"
    with pytest.raises(ValidationError) as refused:
        _only(Choice(District)).load({"x": "西城"})
    assert "xicheng（西城区）" in refused.value.messages_dict["x"][0]
    assert _refusal(Choice(District), ["xicheng"]) == "invalid_string"
    assert _refusal(Choice(District), {}) == "invalid_string"


@pytest.mark.parametrize("given", ["a", "a@", "@example.org", "a b@example.org"])
def test_email_addresses(given: str) -> None:
    assert _refusal(EmailAddress(), given) == "invalid_email"
    assert _refusal(EmailAddress(), "a" * 250 + "@example.org") == "too_long"
    assert _written(EmailAddress(), " office@example.org ") == "office@example.org"
