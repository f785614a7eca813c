"""What the published form takes, the API takes, and back; but for what is listed here by name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from marshmallow import Schema, ValidationError, fields

from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit import strict_json
from schemas.kit.fields import Described
from schemas.kit.format_errors import FormatErrors, field_error, flatten
from schemas.kit.problem import Refused
from schemas.openapi import form_schema
from tests.support import forms
from tests.support.packaged import PACKAGED, load_application

# Refusals of the API of what fits the form, by code, and why the form cannot tell.
ACROSS = {
    **dict.fromkeys(
        (
            *("ends_before_start", "term_differs", "total_differs", "part_above_total"),
            *("fees_above_amount", "fees_above_rent", "reduction_above_rent"),
            *("waiver_above_reduction", "more_than_staff"),
        ),
        "compares two or more figures or days",
    ),
    **dict.fromkeys(
        (
            *("city_has_no_district", "nobody_above", "not_disbursed_on_a_day", "trained_nobody"),
            *("raise_not_stated", "raise_of_nothing"),
        ),
        "what one answer leaves open for another; said so in its description",
    ),
    "repeated_month": "compares the rows of a list by one member",
    "no_area": "looks at all rows of a list",
}
LOOSER = {
    **ACROSS,
    "invalid_uscc_check": "a sum over the signs of a code",
    "invalid_phone": "a pattern asks for five digits; which numbers there are is in no pattern",
    "invalid_email": "a pattern asks for name@domain.top; dots in a row, names inside a network",
    "link_in_name": "what chats make a link of is a list of endings",
    "blank": "fillers and the like: signs that show nothing though they count as letters",
    "too_many_decimals": "of a number: multipleOf 0.01 refuses 0.07 where numbers are binary",
    "too_many_rate_decimals": "as of amounts",
}
# The other way there is one reason: what people type is tidied (full width, blanks, lower case,
# leading zeros). The form tells how it is kept, so it must take what the API makes of it.

ODD: list[Any] = [
    *(None, True, -1, 0, 1, 7, 10**12, 1.5, 0.07, 1.234, 1.0000001, 100, 99999999999.99),
    *("", " ", "\u3000", "\u200b", "\u3164", "a\tb", "a\nb", "a\x07b", "a\u202eb", "x" * 2001),
    *("１２．５", "-0.00", "-1", "007.50", "12.345", "1.0000001", " 12 ", "100.0", "101", "٣٤"),
    *("2020-02-29", "2020-02-30", "2020-13", "2020-12", "20200301", "1899-12-31", "2100-12-31"),
    *("2101-01-01", "２０２０-１２", "2020-3", "123", "138-0000-2000", "95588", "+852 2345 6789"),
    *("010-86461100转5", "一三八", "12345678901", "a@b", "a@b.local", "a@例子.公司", "a..b@c.org"),
    *('"a b"@c.org', "ａ@example.org", "A1+b@example.org", "www.example.org", "见 http://x.cn"),
    *("91110102MA00A001X1", " 91110102ma00a001xu", "９１１１０１０２ＭＡ００Ａ００１ＸＵ"),
    *([], [None], [{}] * 201, {}, {"没有": 1}, "xicheng", "西城", "yes"),
]  # fmt: skip
_CHECKER = FormatChecker()


def _agree(form: Draft202012Validator, read: Callable[[Any], Any], sent: Any) -> set[str]:
    """Asserts that both take it or neither. Returns the codes of a refusal that the form has not.

    Takes the form, what reads a parsed JSON value as the API does, and the value sent.
    """
    fits = form.is_valid(sent)
    try:
        made = read(strict_json.parse(json.dumps(sent).encode()))
    except Refused as refused:
        codes = {error.code for error in refused.errors} if fits else set()
        assert codes <= LOOSER.keys(), (sent, codes)
        return codes
    assert fits or (made != sent and form.is_valid(made)), (sent, made)
    return set()


def _fields(schema: Schema) -> Iterator[Described]:
    for field in schema.fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _fields(inner.schema)
        else:
            assert isinstance(inner, Described), inner
            yield inner


def _read_by(field: Described) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value is None:
            raise FormatErrors([field_error("", "null_not_allowed")])
        try:
            made = field.read(value)
        except ValidationError as refused:
            raise FormatErrors(list(flatten(refused.messages))) from refused
        write = type(field).plain
        return made if write is None else write(made)

    return read


def test_every_kind_of_field_takes_what_its_schema_takes_and_back() -> None:
    kinds = {
        (type(field), json.dumps(field.json_schema())): field
        for schema in (ENTERPRISE, *FORMS.values())
        for field in _fields(schema)
    }
    assert len(kinds) > 20
    met: set[str] = set()
    for field in kinds.values():
        form = Draft202012Validator(field.json_schema(), format_checker=_CHECKER)
        for sent in ODD:
            met |= _agree(form, _read_by(field), sent)
    of_one_field = {code for code in LOOSER if code not in ACROSS}
    assert met == of_one_field, "every exception is needed"


@st.composite
def _bodies(draw: st.DrawFn, provision: str) -> Any:
    """An application, and the same with up to two members spoilt, left out or added."""
    body = {
        "provision": provision,
        "enterprise": draw(forms.enterprises()),
        "facts": draw(forms.facts(provision)),
    }
    body = copy.deepcopy(body)
    for _ in range(draw(st.integers(0, 2))):
        container, key = draw(st.sampled_from(list(_places(body))))
        match draw(st.sampled_from(["odd", "remove", "add"])):
            case "odd":
                container[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
            case "remove":
                del container[key]
            case _ if isinstance(container, dict):
                container[draw(st.sampled_from(["unbekannt", "name", "rent"]))] = 1
    return body


def _places(here: Any) -> Iterator[tuple[Any, Any]]:
    """Every member of every object and list, as (container, key)."""
    keys = here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
    for key in keys:
        yield here, key
        yield from _places(here[key])


@pytest.mark.parametrize("provision", sorted(FORMS))
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_what_the_published_form_takes_the_api_takes_and_back(
    provision: str, data: st.DataObject
) -> None:
    form = Draft202012Validator(form_schema(PACKAGED, provision), format_checker=_CHECKER)
    _agree(form, lambda raw: load_application(raw).document(), data.draw(_bodies(provision)))
