"""Closed words in the OpenAPI document: each list once, as a component that its members refer to.

A member of an answer that is a word of ours comes with its list and the list's name
(:func:`as_words`); :func:`share_words` gathers the lists of a whole document. What a request or
a parameter takes of the same words then refers to the same component, so that a generated client
has one type for what it reads and what it sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final

from vocabulary.promises import Kind

NAMED: Final = "x-words"
_SAID: Final = "x-labels"
_NAMES: Final[Mapping[type[Enum], str]] = {Kind: "PromiseKind"}
"""What a list is called where its name in the code says too little without its room."""
_GROWS: Final = "以后可能增加新的值。"


def as_words(words: type[Enum]) -> dict[str, Any]:
    """What a member that holds one of these words says of itself, until the lists are shared."""
    return {
        "enum": values(words),
        NAMED: _NAMES.get(words, words.__name__),
        _SAID: labels(words),
    }


def values(words: type[Enum]) -> list[Any]:
    """The words as they travel."""
    return [word.value for word in words]


def labels(words: type[Enum]) -> str:
    """The words with what people read, for a description; empty where they have no labels."""
    said = [(word.value, getattr(word, "label", "")) for word in words]
    return "；".join(f"{value} {label}" for value, label in said if label)


def share_words(document: dict[str, Any]) -> None:
    """Make a component of every named list and refer to it, everywhere in an OpenAPI document."""
    components: dict[str, Any] = document["components"]["schemas"]
    named: dict[str, dict[str, Any]] = {}
    for schema in objects(document):
        if NAMED in schema:
            name = schema.pop(NAMED)
            if name in components:
                raise ValueError(f"{name} is the name of a schema and of a list of words")
            said = schema.pop(_SAID)
            kind = schema["type"]
            named[name] = {
                "type": next(each for each in kind if each != "null")
                if isinstance(kind, list)
                else kind,
                "enum": [each for each in schema["enum"] if each is not None],
                "description": f"{said}。{_GROWS}" if said else _GROWS,
            }
    by_words = {_key(made["enum"]): name for name, made in named.items()}
    for schema in objects(document):
        if "enum" in schema and (name := by_words.get(_key(schema["enum"]), "")):
            _refer(schema, name)
    components.update(sorted(named.items()))


def _key(words: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted((each for each in words if each is not None), key=str))


def _refer(schema: dict[str, Any], name: str) -> None:
    reference = {"$ref": f"#/components/schemas/{name}"}
    is_nullable = None in schema.pop("enum") or "null" in schema["type"]
    del schema["type"]
    schema.update({"anyOf": [reference, {"type": "null"}]} if is_nullable else reference)


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Every object within a part of a document, itself included."""
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(each)
