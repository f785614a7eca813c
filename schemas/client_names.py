"""What generators of clients make names of, in letters that every language takes.

They call a class after a schema's title. A title in Chinese is what people read of a field: where
a class is made (of closed words, or of an object inside of another) it stands in the description
instead, and the class is called after the member that has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_WITHIN: Final = ("properties", "patternProperties")
"""Where the names are those of members, not of words of JSON Schema."""


def in_plain_letters(document: Mapping[str, Any]) -> None:
    """Move such titles into their descriptions, everywhere in an OpenAPI document."""
    for schema in _schemas(document):
        if _makes_a_class(schema) and not str(schema.get("title", "")).isascii():
            said = (schema.pop("title"), schema.get("description", ""))
            schema["description"] = "：".join(filter(None, said))


def _makes_a_class(schema: Mapping[str, Any]) -> bool:
    kinds = schema.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    is_either = not {"anyOf", "oneOf", "allOf"}.isdisjoint(schema)
    return "enum" in schema or "object" in kinds or "array" in kinds or is_either


def _schemas(part: Any, *, of_members: bool = False) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if not of_members:
            yield part
        for name, each in part.items():
            if of_members or name not in ("example", "examples"):
                yield from _schemas(each, of_members=not of_members and name in _WITHIN)
    elif isinstance(part, list):
        for each in part:
            yield from _schemas(each)
