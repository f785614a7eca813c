"""Answers declared once: what is dumped, what is described."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields

from schemas.kit.answers import answer, dump, schema_of
from schemas.kit.describe import about
from vocabulary.outcomes import Outcome


@answer
class Inner:
    """Something inside."""

    text: Annotated[str, about("说明")]


@answer
class Sample:
    """One of every kind."""

    count: Annotated[int, about("件数")]
    sure: Annotated[bool, about("是否")]
    day: Annotated[date, about("日期")]
    at: Annotated[datetime, about("时间")]
    clock: Annotated[time | None, about("钟点")]
    amount: Annotated[Decimal | None, about("金额")]
    outcome: Annotated[Outcome, about("结果")]
    inner: Annotated[Inner | None, about("内容")]
    inners: Annotated[list[Inner], about("多项")]
    ages: Annotated[Mapping[str, float | None], about("时长")]
    rules: Annotated[Mapping[str, object], Inner, about("规则所写")]
    address: Annotated[str, fields.Url, about("地址")]
    note: Annotated[str | None, about("附言")] = None


def _sample(**changes: object) -> Sample:
    given: dict[str, object] = {
        "count": 2,
        "sure": True,
        "day": date(2020, 3, 1),
        "at": datetime(2020, 3, 1, 16, 0, 0, 123456, UTC),
        "clock": time(14, 30),
        "amount": Decimal("60000.00"),
        "outcome": Outcome.ELIGIBLE,
        "inner": Inner(text="甲"),
        "inners": [Inner(text="乙")],
        "ages": {"assess": 1.5, "notify": None},
        "rules": {"text": "丙", "more": [1]},
        "address": "http://127.0.0.1/a",
    }
    return Sample(**{**given, **changes})  # type: ignore[arg-type]


def test_values_become_json_as_people_here_read_them() -> None:
    assert dump(_sample()) == {
        "count": 2,
        "sure": True,
        "day": "2020-03-01",
        "at": "2020-03-02T00:00:00+08:00",
        "clock": "14:30",
        "amount": "60000.00",
        "outcome": "eligible",
        "inner": {"text": "甲"},
        "inners": [{"text": "乙"}],
        "ages": {"assess": 1.5, "notify": None},
        "rules": {"text": "丙", "more": [1]},
        "address": "http://127.0.0.1/a",
    }


def test_only_a_member_with_a_default_is_left_out_when_it_is_none() -> None:
    told = dump(_sample(clock=None, amount=None, inner=None))
    assert {name: told[name] for name in ("clock", "amount", "inner")} == dict.fromkeys(
        ("clock", "amount", "inner")
    )
    assert "note" not in told
    assert dump(_sample(note="丁"))["note"] == "丁"


def test_the_document_says_what_a_member_holds() -> None:
    spec = APISpec("-", "-", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema("Sample", schema=schema_of(Sample))
    described = spec.to_dict()["components"]["schemas"]["Sample"]
    properties = described["properties"]
    assert sorted(described["required"]) == sorted(set(properties) - {"note"})
    assert properties["amount"]["type"] == ["string", "null"]
    assert properties["amount"]["title"] == "金额"
    assert "元" in properties["amount"]["description"]
    assert properties["at"] == {
        "type": "string",
        "format": "date-time",
        "title": "时间",
        "description": "北京时间",
    }
    assert properties["inners"]["items"] == {"$ref": "#/components/schemas/Inner"}
    assert properties["address"]["format"] == "url"
