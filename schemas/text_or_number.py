"""What may be text or number, in the OpenAPI document: a component of its own each.

A form says of such a member that it is of two types. Generators of clients make an empty class of
that, called after its title; of a component that is either they make a type.
"""

from __future__ import annotations

from typing import Any, Final

from schemas.closed_words import objects
from schemas.kit.fields import Money, Percent

_KINDS: Final = {
    "Money": (Money(), "元，至多两位小数。可填文本或数字；答复中总是文本。"),
    "SignedMoney": (Money(signed=True), "元，至多两位小数，可为负数。可填文本或数字。"),
    "Percent": (Percent(), "百分数，0 至 100，至多六位小数。可填文本或数字；答复中总是文本。"),
}
_BOTH: Final = ["string", "number"]
_OF_TEXT: Final = ("pattern",)
_OF_NUMBER: Final = ("minimum", "maximum")


def share_text_or_number(document: dict[str, Any]) -> None:
    """Refer to such a component wherever an OpenAPI document has what it says.

    Raises KeyError for a kind that has no name here.
    """
    names = {_key(field.json_schema()): name for name, (field, _) in _KINDS.items()}
    for schema in objects(document):
        if schema.get("type") == _BOTH:
            name = names[_key(schema)]
            for said in ("type", *_OF_TEXT, *_OF_NUMBER):
                del schema[said]
            schema["$ref"] = f"#/components/schemas/{name}"
    document["components"]["schemas"].update(
        (name, _either(field.json_schema(), said)) for name, (field, said) in _KINDS.items()
    )


def _key(schema: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(schema[name] for name in (*_OF_TEXT, *_OF_NUMBER))


def _either(schema: dict[str, Any], said: str) -> dict[str, Any]:
    return {
        "oneOf": [
            {"type": "string", **{name: schema[name] for name in _OF_TEXT}},
            {"type": "number", **{name: schema[name] for name in _OF_NUMBER}},
        ],
        "description": said,
    }
