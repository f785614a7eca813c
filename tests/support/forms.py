"""Anything a form accepts, generated from the form itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from marshmallow import Schema, fields

from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.fields import (
    Choice,
    DateField,
    EmailAddress,
    Money,
    Month,
    Percent,
    Phone,
    Text,
    Uscc,
    Whole,
    YesNo,
)

USCCS = ("91110102MA00A001XU", "92110102MA00B00231", "52110102MJ0000034L", "91110105MA00D0059L")
_AMOUNTS = st.sampled_from(
    ["0", "0.01", "19999.99", "30000", "200000", "200000.01", "5000000", "99999999999.99"]
)
_DAYS = st.sampled_from(
    ["1900-01-01", "2019-02-01", "2020-02-29", "2020-03-01", "2020-03-31", "2020-04-15"]
) | st.dates(date(1900, 1, 1), date(2100, 12, 31)).map(date.isoformat)
_MONTHS = st.sampled_from(["2020-02", "2020-03", "2020-04", "2020-05", "2019-12"])


def enterprises() -> SearchStrategy[dict[str, Any]]:
    """Any enterprise block. A code is always given: only a natural person may lack one."""
    return _schema(ENTERPRISE).map(lambda sent: {"uscc": USCCS[0], **sent})


def facts(provision: str) -> SearchStrategy[dict[str, Any]]:
    """Any facts of a provision's form."""
    return _schema(FORMS[provision])


def _schema(schema: Schema) -> SearchStrategy[dict[str, Any]]:
    required = {name: _field(f) for name, f in schema.fields.items() if f.required}
    optional = {name: _field(f) for name, f in schema.fields.items() if not f.required}
    return st.fixed_dictionaries(required, optional=optional)


def _field(field: Any) -> SearchStrategy[Any]:
    return next(make(field) for kind, make in _MAKERS if isinstance(field, kind))


def _whole(field: Whole) -> SearchStrategy[int]:
    edges = {max(field.low, n) for n in (0, 1, 19, 20, 120, 300)} | {field.high}
    return st.sampled_from(sorted(edges)) | st.integers(field.low, field.high)


def _money(field: Money) -> SearchStrategy[str]:
    return _AMOUNTS | _AMOUNTS.map("-{}".format) if field.signed else _AMOUNTS


_MAKERS: list[tuple[type, Callable[[Any], SearchStrategy[Any]]]] = [
    (Choice, lambda field: st.sampled_from(sorted(field.labels))),
    (YesNo, lambda _: st.booleans()),
    (Whole, _whole),
    (Money, _money),
    (Percent, lambda _: st.sampled_from(["0", "0.8", "1.99", "2", "2.000001", "100"])),
    (DateField, lambda _: _DAYS),
    (Month, lambda _: _MONTHS),
    (Uscc, lambda _: st.sampled_from(USCCS)),
    (Phone, lambda _: st.just("13800000000")),
    (EmailAddress, lambda _: st.just("test@example.invalid")),
    (Text, lambda _: st.sampled_from(["测试", "A-1", "—", "{decider}", "x" * 30])),
    (fields.Nested, lambda field: _schema(field.schema)),
    (fields.List, lambda field: st.lists(_field(field.inner), max_size=3)),
]
"""Field type -> strategy; the first that fits, so a subclass stands before its base."""
