"""Bodies as large as a body may be, each made to cost as much as it can."""

from __future__ import annotations

import json
from typing import Any, Final

from schemas.forms import FORMS
from schemas.kit.bounded import BoundedList
from tests.support.packaged import example

SIZE: Final = 240_000
"""Bytes; a little less than a body may have."""

CALLS: Final = 90_000
"""What a body may cost, as `tests.support.effort` counts; a list of numbers used to cost a hundred
times as much. What it costs in time is measured by `make bench`."""

_QUOTE: Final = '\\"'
_LONG, _COMMAS, _QUOTES = "a" * SIZE, "," * SIZE, _QUOTE * (SIZE // 2)
_NUL, _SURROGATE = '"\\u0000"', '"\\ud800"'
_UNSEEN: Final = "\u200b" * (SIZE // 3)
_MONTHS: Final = '{"months":[' + ",".join(["{}"] * 12) + "]}"
_ITEMS: Final = {
    "numbers": "1",
    "objects": "{}",
    "lists": "[]",
    "nulls": "null",
    "texts": '"a"',
    "escapes": '"\\u0061"',
    "fractions": "1.5",
    "long numbers": "1" * 31,
    "too long numbers": "1" * 40,
    "equal names": '{"a":1,"a":1}',
    "nests": "[[[[[[[[[[1]]]]]]]]]]",
    "months": _MONTHS,
}
_NAMES: Final = ",".join(f'"a{number}":1' for number in range(18_000))


_WITH_ITEMS: Final = [
    code
    for code, form in FORMS.items()
    if any(isinstance(field, BoundedList) and field.most > 20 for field in form.fields.values())
]


def applications() -> dict[str, bytes]:
    """Hostile bodies of an application, by what they do."""
    made = {name: _application(f'{{"leases":[{_filled(item)}]}}') for name, item in _ITEMS.items()}
    made |= {
        "NULs": _application(f'{{"leases":[{_times(_NUL, 18_000)}]}}'),
        "surrogates": _application(f'{{"leases":[{_times(_SURROGATE, 18_000)}]}}'),
        "two hundred leases": _application(f'{{"leases":[{_times(_MONTHS, 200)}]}}'),
        "names": _application(f"{{{_NAMES}}}"),
        "names of an item": _application(f'{{"leases":[{{{_NAMES}}}]}}'),
        "names of the whole": f"{{{_NAMES}}}".encode(),
        "a long text": _application(f'{{"leases":"{_LONG}"}}'),
        "a text of commas": _application(f'{{"leases":"{_COMMAS}"}}'),
        "a text of quotes": _application(f'{{"leases":"{_QUOTES}"}}'),
        "an open text of quotes": b'{"a":"' + (_QUOTE + ",").encode() * (SIZE // 3),
        "a long name": _application(f'{{"{_LONG}":1}}'),
        "nothing to see": _application(f'{{"request":"{_UNSEEN}"}}'),
        "brackets": b"[" * SIZE,
        "digits": b"[" + b"9" * SIZE + b"]",
    }
    for code in _WITH_ITEMS:
        made[f"the largest {code}"] = _largest(code, {})
        made[f"the largest {code}, its last item wrong"] = _largest(code, {"no such": 1})
    return made


def _application(facts: str) -> bytes:
    enterprise = json.dumps(example("m01_tenant")["enterprise"], ensure_ascii=False)
    return f'{{"provision":"m01_tenant","enterprise":{enterprise},"facts":{facts}}}'.encode()


def _filled(item: str) -> str:
    return _times(item, SIZE // (len(item) + 1))


def _times(item: str, count: int) -> str:
    return ",".join([item] * count)


def _largest(code: str, fault: dict[str, Any]) -> bytes:
    """An application with as many items as fit, or as the form lets."""
    whole = example(code)
    facts = whole["facts"]
    for name, value in facts.items():
        field = FORMS[code].fields[name]
        if isinstance(field, BoundedList) and isinstance(value[0], dict):
            item = {key: _twelve(inner) for key, inner in value[0].items()}
            count = min(field.most, SIZE // (len(_written(item)) + 1))
            facts[name] = [item] * (count - 1) + [{**item, **fault}]
    return _written(whole | {"facts": facts})


def _twelve(inner: Any) -> Any:
    if isinstance(inner, list) and isinstance(inner[0], dict) and "month" in inner[0]:
        return [inner[0] | {"month": f"2020-{month:02}"} for month in range(1, 13)]
    return inner


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
