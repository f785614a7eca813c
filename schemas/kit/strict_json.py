"""Strict, bounded JSON (RFC 8259, and the I-JSON profile of RFC 7493).

What a lenient parser lets through becomes a 500 deeper in the house: NUL cannot be stored in
PostgreSQL, lone surrogates cannot be encoded, ``1e999`` becomes infinity, the last of two equal
keys wins silently. Here each is a refusal that names the place.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from schemas.kit.format_errors import field_error, pointer
from schemas.kit.problem import MOST_ERRORS, FieldError, Refused

MAX_DEPTH: Final = 16
MAX_NUMBER_LENGTH: Final = 32
"""Characters of one number literal: enough for any amount to the fen, far from a numeric bomb."""
MAX_EXPONENT: Final = 20
MAX_VALUES: Final = 20_000
"""Values of a body, counting objects, lists and what they hold. The densest well-formed application
of the default MAX_BODY_BYTES has fewer: a body has to be read before its lists can be measured."""
_TEXT: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_DOUBTFUL: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes that may be NUL or a lone surrogate."""
UTF16: Final = "请求内容是 UTF-16（或 UTF-32）编码，请另存为 UTF-8。"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class MalformedJson(Refused):
    """Not JSON."""

    code = "malformed_json"
    title = "请求内容不是合法的 JSON"


class InvalidEncoding(Refused):
    """Not UTF-8."""

    code = "invalid_encoding"
    title = "请求内容不是 UTF-8 文字"


class ForbiddenContent(Refused):
    """JSON that could not be kept as it is written."""

    code = "forbidden_content"
    title = "请求内容含有不接受的字符、数字或重复的名称"


class TooDeep(Refused):
    """More than MAX_DEPTH brackets inside each other."""

    code = "too_deep"
    title = "请求内容嵌套过深"


class TooManyValues(Refused):
    """More than `most` values."""

    code = "too_many_values"
    title = "请求内容的项数过多"

    def __init__(self, most: int) -> None:
        super().__init__(f"请求内容的项数过多，最多 {most} 项。")


class TooLarge(Refused):
    """More bytes than `limit`."""

    status = 413
    code = "body_too_large"
    title = "请求内容过大"

    def __init__(self, limit: int) -> None:
        super().__init__(f"请求内容最多 {limit // 1024} KB。")


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands in the parsed tree where a value was refused, until its pointer is known."""

    code: str
    name: str | None = None


def parse(raw: bytes, most: int = MAX_VALUES, *, first_line: int = 1) -> Any:
    """Parse bytes as strict JSON of at most so many values: the outermost, with whole numbers as
    ``int`` and others as exact ``Decimal``. One BOM at the very start is
    ignored. ``first_line``: its first line's number, where it is a part of something. Raises
    :class:`Refused` (400)."""
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as bad:
        if _is_utf16(raw):
            raise InvalidEncoding(UTF16, [_encoding_error(UTF16)]) from None
        detail = f"请求内容的第 {bad.start + 1} 个字节起不是 UTF-8 编码。"
        raise InvalidEncoding(detail, [_encoding_error(detail)]) from None
    if text.startswith("\ufeff"):
        raise InvalidEncoding("请求内容开头有多个 BOM，请保存为 UTF-8。")
    _refuse_too_many(text, most)
    seen: list[_Refused] = []
    try:
        value = _decoder(seen).decode(text)
    except json.JSONDecodeError as bad:
        if _is_utf16(raw):
            raise MalformedJson(UTF16, [FieldError("", MalformedJson.code, UTF16)]) from None
        raise MalformedJson(
            f"第 {bad.lineno + first_line - 1} 行第 {bad.colno} 列起不是合法的 JSON。"
            if text.strip()
            else "请求内容是空的，应为 JSON。",
        ) from None
    except RecursionError:
        _too_deep()
    # Only an escape can smuggle NUL or a lone surrogate past UTF-8 and the JSON grammar: most
    # bodies need no second look.
    if seen or _DOUBTFUL.search(text) or _open_brackets(raw):
        _inspect(value)
    return value


def _open_brackets(raw: bytes) -> bytes:
    """The brackets that are left of nests after as many layers as may be, those inside of texts
    counted too: none, unless something nests too deep or is not closed. At the speed of C."""
    brackets = raw.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return brackets


def _refuse_too_many(text: str, most: int) -> None:
    """Count before anything is built: a comma or a bracket begins each value but the first."""
    if _beginnings(text) <= most:  # those inside of texts counted too
        return
    bare = _TEXT.sub("", text)
    if _beginnings(bare) > most:
        if len(_open_brackets(bare.encode())) > MAX_DEPTH:
            _too_deep()
        raise TooManyValues(most)


def _beginnings(text: str) -> int:
    return text.count(",") + text.count("[") + text.count("{")


def _encoding_error(detail: str) -> FieldError:
    return FieldError("", InvalidEncoding.code, detail)


def _is_utf16(raw: bytes) -> bool:
    """Whether bytes look like UTF-16 or UTF-32: by their mark, or as every other of the first four
    is NUL."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return marked or b"\0\0" in (raw[0:4:2], raw[1:4:2])


def _decoder(seen: list[_Refused]) -> json.JSONDecoder:
    def refuse(code: str, name: str | None = None) -> _Refused:
        refused = _Refused(code, name)
        seen.append(refused)
        return refused

    def whole(literal: str) -> int | _Refused:
        if len(literal) > MAX_NUMBER_LENGTH:
            return refuse("number_out_of_range")
        return int(literal)

    def fraction(literal: str) -> Decimal | _Refused:
        if len(literal) > MAX_NUMBER_LENGTH:
            return refuse("number_out_of_range")
        try:
            number = Decimal(literal)
        except InvalidOperation:  # an exponent beyond what Decimal holds
            return refuse("number_out_of_range")
        if not number.is_finite() or abs(number.adjusted()) > MAX_EXPONENT:
            return refuse("number_out_of_range")
        return number

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Refused:
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        met: set[str] = set()
        for name, _ in pairs:
            if name in met:
                return refuse("duplicate_name", name)
            met.add(name)
        raise AssertionError("a dict smaller than its pairs has an equal name")

    return json.JSONDecoder(
        object_pairs_hook=members,
        parse_int=whole,
        parse_float=fraction,
        parse_constant=lambda _: refuse("not_a_number"),
    )


def _inspect(value: Any) -> None:
    """Look at the whole parsed tree; raise for what is refused, with pointers."""
    errors: list[FieldError] = []
    _look(value, (), errors)
    if errors:
        raise ForbiddenContent("请求内容含有不接受的字符、数字或重复的名称。", errors)


def _look(here: Any, way: tuple[str | int, ...], errors: list[FieldError]) -> None:
    """Gather what is refused in a value, in reading order, up to one more than an answer lists.

    A pointer is only made where it is wanted; the tree is as deep as MAX_DEPTH lets it.
    """
    if len(way) > MAX_DEPTH:
        _too_deep(_at(way))
    kind = type(here)
    if kind is str:
        errors.extend(field_error(_at(way), code) for code in _faults(here))
    elif kind is dict:
        for name, inner in here.items():
            step = (*way, name)
            errors.extend(field_error(_at(step), code) for code in _faults(name))
            _look(inner, step, errors)
            if len(errors) > MOST_ERRORS:
                return
    elif kind is list:
        for place, inner in enumerate(here):
            _look(inner, (*way, place), errors)
            if len(errors) > MOST_ERRORS:
                return
    elif kind is _Refused:
        step = way if here.name is None else (*way, here.name)
        errors.append(field_error(_at(step), here.code))


def _at(way: tuple[str | int, ...]) -> str:
    return pointer(*(_printable(step) if isinstance(step, str) else step for step in way))


def _faults(text: str) -> Iterator[str]:
    if "\0" in text:
        yield "nul_character"
    if _SURROGATE.search(text):
        yield "lone_surrogate"


def _printable(name: str) -> str:
    """A name that can be put into an answer: lone surrogates written out."""
    return _SURROGATE.sub(lambda bad: f"\\u{ord(bad.group()):04x}", name)


def _too_deep(at: str = "") -> NoReturn:
    detail = f"请求内容嵌套过深，最多 {MAX_DEPTH} 层。"
    raise TooDeep(detail, [FieldError(at, TooDeep.code, detail)])
