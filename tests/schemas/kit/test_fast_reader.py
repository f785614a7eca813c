"""The quick way through a schema says what marshmallow says, of everything."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from marshmallow import Schema, ValidationError, fields, post_load, validates, validates_schema

from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.base import StrictSchema
from schemas.kit.fast_reader import Reader
from schemas.kit.fields import Text
from schemas.kit.format_errors import flatten
from schemas.kit.problem import MOST_ERRORS
from schemas.kit.refusals import SENTENCES
from tests.support import forms
from tests.support.applications import tenant_body
from tests.support.packaged import example

SCHEMAS: dict[str, Schema] = {"enterprise": ENTERPRISE, **FORMS}
READERS = {name: Reader(schema) for name, schema in SCHEMAS.items()}
# What a person or a hostile client may put where something else belongs.
ODD: list[Any] = [
    *(None, True, -1, 0, 10**25, 1.5, "", " ", "\x00", "１２．５", "-0.00", "007.50", "1.234"),
    *(
        "٣٤",
        "2020-02-30",
        "2020-13",
        "20200301",
        "no-one",
        "没有这样的值" * 500,
        "a\tb",
        "a\u202eb",
    ),
    *(
        "９１１１０１０２ＭＡ００Ａ００１ＸＵ",
        " 91110102ma00a001xu",
        "91110102MA00A001X1",
        "0" * 18,
    ),
    *([], [None], [[]], {}, {"没有": 1}, [{}] * 201, "test@example.invalid", "12345678901"),
]


_UNKNOWN = [("unknown_field", SENTENCES["unknown_field"])]


def _marshmallow(schema: Schema, raw: Any) -> Any:
    try:
        return schema.dump(schema.load(raw))
    except ValidationError as refused:
        return ("refused", _coded(refused.messages))


def _read(name: str, raw: Any) -> Any:
    try:
        return READERS[name](raw)
    except ValidationError as refused:
        return ("refused", _coded(refused.messages))


def _coded(messages: Any) -> Any:
    """The tree of messages in its order, each with its code.

    marshmallow goes through the names that it does not know as a set, so in any order.
    """
    if isinstance(messages, dict):
        found = [(key, _coded(inner)) for key, inner in messages.items()]
        strange = [each for each in found if each[1] == _UNKNOWN]
        return [each for each in found if each not in strange] + sorted(strange)
    if isinstance(messages, list):
        return [_coded(inner) for inner in messages]
    return (getattr(messages, "code", None), str(messages))


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every member of every object and list, as (container, key)."""
    found: list[tuple[Any, Any]] = []
    todo = [value]
    while todo:
        here = todo.pop()
        keys = (
            here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        )
        for key in keys:
            found.append((here, key))
            todo.append(here[key])
    return found


@st.composite
def _bodies(draw: DrawFn, name: str) -> Any:
    """Anything the form accepts, and the same with up to three things spoilt."""
    whole = forms.enterprises() if name == "enterprise" else forms.facts(name)
    body = {"all": copy.deepcopy(draw(whole))}
    for _ in range(draw(st.integers(0, 3))):
        places = _places(body)
        container, key = places[draw(st.integers(0, len(places) - 1))]
        what = draw(st.sampled_from(["odd", "remove", "add"]))
        if what == "odd":
            container[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif what == "remove" and container is not body:
            del container[key]
        elif isinstance(container, dict) and container is not body:
            container[draw(st.sampled_from(["unbekannt", "name", "rent", ""]))] = 1
    return body["all"]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_gives_what_marshmallow_gives_or_its_very_refusal(
    name: str, data: st.DataObject
) -> None:
    raw = data.draw(_bodies(name))
    before = copy.deepcopy(raw)
    assert _read(name, raw) == _marshmallow(SCHEMAS[name], raw)
    assert raw == before, "a body is read, not changed"


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:30])
def test_every_odd_value_in_every_place_of_an_application(odd: Any) -> None:
    body = tenant_body(email="test@example.invalid")
    for name, raw in (("enterprise", body["enterprise"]), ("m01_tenant", body["facts"])):
        assert _read(name, odd) == _marshmallow(SCHEMAS[name], odd)
        for container, key in _places(raw):
            kept, container[key] = container[key], odd
            assert _read(name, raw) == _marshmallow(SCHEMAS[name], raw), key
            container[key] = kept


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_the_published_examples_go_the_quick_way(
    provision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise all of the above would compare marshmallow with itself."""
    expected = _marshmallow(FORMS[provision], example(provision)["facts"])

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("asked marshmallow")

    monkeypatch.setattr(Schema, "load", never)
    assert READERS[provision](example(provision)["facts"]) == expected


def test_rates_keep_all_their_decimals() -> None:
    raw = example("m06_guarantee")["facts"]
    raw["guarantees"][0]["rate_percent"] = "1.999999"
    assert READERS["m06_guarantee"](raw)["guarantees"][0]["rate_percent"] == "1.999999"


class _WithHook(StrictSchema):
    name = Text()

    @post_load
    def _late(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data


class _WithFieldCheck(StrictSchema):
    name = Text()

    @validates("name")
    def _check(self, value: str, **_: Any) -> None: ...


class _WithOriginal(StrictSchema):
    name = Text()

    @validates_schema(pass_original=True)
    def _check(self, data: dict[str, Any], original: Any, **_: Any) -> None: ...


class _Lenient(Schema):
    name = Text()

    class Meta:
        unknown = "exclude"


@pytest.mark.parametrize(
    "schema",
    [
        _WithHook(),
        _WithFieldCheck(),
        _WithOriginal(),
        _Lenient(),
        StrictSchema.from_dict({"name": Text(data_key="Name")})(),
        StrictSchema.from_dict({"name": Text(load_default="x")})(),
        StrictSchema.from_dict({"name": Text(allow_none=True)})(),
        StrictSchema.from_dict({"name": fields.String()})(),
    ],
)
def test_what_it_does_not_know_is_refused_when_it_is_made(schema: Schema) -> None:
    with pytest.raises(TypeError):
        Reader(schema)


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_a_reader_looks_for_no_more_faults_than_an_answer_lists(provision: str) -> None:
    """Whatever is wrong after them costs nothing."""
    wrong = {f"n{number}": 1 for number in range(20_000)}
    nested = {name: [wrong] * 10 for name in FORMS[provision].fields}
    for raw in (wrong, nested):
        with pytest.raises(ValidationError) as refused:
            READERS[provision](raw)
        assert len(list(flatten(refused.value.messages))) == MOST_ERRORS + 1 or raw is nested
        assert len(list(flatten(refused.value.messages))) <= MOST_ERRORS + len(nested)
