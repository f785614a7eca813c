"""The strict JSON parser, against everything a lenient one lets through."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kit.problem import Refused
from schemas.kit.strict_json import MAX_DEPTH, parse


def _refusal(raw: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        parse(raw)
    return refused.value


def _faults(raw: bytes) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in _refusal(raw).errors]


def test_numbers_are_exact() -> None:
    assert parse(b'{"a":0.1,"b":30000.00,"c":1e3,"d":12}') == {
        "a": Decimal("0.1"),
        "b": Decimal("30000.00"),
        "c": Decimal(1000),
        "d": 12,
    }
    assert isinstance(parse(b"1e3"), Decimal)
    assert isinstance(parse(b"12"), int)


def test_escapes_that_mean_characters_pass() -> None:
    assert parse(rb'"\ud83d\ude00\u4f01\n"') == "\U0001f600企\n"


@pytest.mark.parametrize(
    "raw",
    [
        *(b"", b" \n", b"{", b'{"a":1,}', b"[1,]", b"{'a':1}", b"{} {}", b"{}x", b"01", b"+1"),
        *(b".5", b"5.", b"0x1f", b"True", b'"a', b'"\x00"', b'"\n"', b'"\\x41"', b"// x\n1"),
        *(b"\x00", b"nan", b"Inf"),
    ],
)
def test_what_is_not_json_is_malformed(raw: bytes) -> None:
    refused = _refusal(raw)
    assert (refused.status, refused.code) == (400, "malformed_json")


@pytest.mark.parametrize(
    "raw",
    [
        *(b"\xff", b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', 2 * b"\xef\xbb\xbf" + b"{}"),
        *("{}".encode("utf-16"), "{}".encode("utf-16-le") + b"\xd8", '"企业"'.encode("gb18030")),
    ],
)
def test_what_is_not_utf_8_is_refused(raw: bytes) -> None:
    refused = _refusal(raw)
    assert (refused.status, refused.code) == (400, "invalid_encoding")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_by_name(encoding: str) -> None:
    refused = _refusal("{}".encode(encoding))
    assert refused.code in {"invalid_encoding", "malformed_json"}
    assert "UTF-16" in refused.errors[0].message


def test_one_mark_at_the_very_start_is_ignored() -> None:
    assert parse(b"\xef\xbb\xbf{}") == {}
    assert parse('{"a":"\ufeff"}'.encode()) == {"a": "\ufeff"}


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        (b'{"a":1,"a":1}', [("/a", "duplicate_name")]),
        (b'{"x":[{"a":{"b":1,"b":2}}]}', [("/x/0/a/b", "duplicate_name")]),
        (rb'{"a":1,"\u0061":2}', [("/a", "duplicate_name")]),
        (b"[NaN,Infinity,-Infinity]", [(f"/{n}", "not_a_number") for n in range(3)]),
        (b"1e999", [("", "number_out_of_range")]),
        (b"[1e99999999999999999999999999]", [("/0", "number_out_of_range")]),
        (b"[1e-999,0e99]", [("/0", "number_out_of_range"), ("/1", "number_out_of_range")]),
        (b'{"a":' + b"9" * 5000 + b"}", [("/a", "number_out_of_range")]),
        (b'{"a":0.' + b"1" * 5000 + b"}", [("/a", "number_out_of_range")]),
        (rb'{"a":"x\u0000"}', [("/a", "nul_character")]),
        (rb'{"a\u0000":1}', [("/a\0", "nul_character")]),
        (rb'["\ud800","\udc00\ud800"]', [("/0", "lone_surrogate"), ("/1", "lone_surrogate")]),
        (rb'{"\ud800/~":1}', [(r"/\ud800~1~0", "lone_surrogate")]),
    ],
)
def test_forbidden_content_is_located(raw: bytes, faults: list[tuple[str, str]]) -> None:
    refused = _refusal(raw)
    assert (refused.status, refused.code) == (400, "forbidden_content")
    assert _faults(raw) == faults


@pytest.mark.parametrize(
    "raw",
    [
        *(b"[" * 200_000, b"[" * 200 + b"]" * 200, b'{"a":' * 50_000, b"[{" * 100),
        b'{"a":' * 40 + b"1" + b"}" * 40,
    ],
)
def test_nested_bombs_are_refused(raw: bytes) -> None:
    assert _refusal(raw).code in {"too_deep", "malformed_json"}
    assert _refusal(raw).status == 400


def test_the_depth_that_is_allowed() -> None:
    assert parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert _refusal(b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2)).code == "too_deep"
    # Brackets inside a text are not depth.
    assert parse(b'"' + b"[{" * 100 + b'"') == "[{" * 100


@pytest.mark.parametrize("pointed_at", ["a", "企业", "\n"])
def test_refusals_speak_chinese_and_can_be_written(pointed_at: str) -> None:
    raw = json.dumps({pointed_at: "\x00\ud800"}).encode()
    for error in _refusal(raw).errors:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error.message)
        json.dumps(error.pointer, ensure_ascii=False).encode()


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(_JSON)
def test_what_json_means_is_what_is_parsed(value: Any) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_no_bytes_break_the_parser(raw: bytes) -> None:
    status = 400
    try:
        parse(raw)
    except Refused as refused:
        status = refused.status
    assert status == 400
