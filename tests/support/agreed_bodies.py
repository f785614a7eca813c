"""Bodies that the agreed document says a route takes, out of a menu of values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any


def body_schema(document: Mapping[str, Any], method: str, path: str) -> Mapping[str, Any] | None:
    """The schema of what a route takes; None if it takes nothing."""
    documented = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
    operation = document["paths"].get(documented, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    schema: Mapping[str, Any] = document["components"]["schemas"].get(name, content["schema"])
    return schema


def bodies(schema: Mapping[str, Any] | None, values: Mapping[str, list[Any]]) -> Iterator[Any]:
    """Bodies that a schema takes, out of the values for its names: with all that it knows, without
    what is told apart, with the required alone."""
    if schema is None:
        yield None
        return
    known, required = set(schema.get("properties", {})), set(schema.get("required", ()))
    texts = {
        name: ["测试"]
        for name, each in schema.get("properties", {}).items()
        if each.get("type") == "string" and "format" not in each and "enum" not in each
    }
    # What must be there is a day, or one of some words.
    demanded = {
        name: [*each.get("x-enum-labels", ())][:1] or ["2020-06-01"]
        for name, each in schema.get("properties", {}).items()
        if name in required and ("x-enum-labels" in each or each.get("format") == "date")
    }
    menu = {**texts, **demanded, **values}
    unknown = required - set(menu)
    assert not unknown, f"the walk does not know what to send for {unknown}"
    known &= set(menu)
    choices = {
        frozenset(known - {"as_computed"}),
        frozenset(known - {"as_computed", "override", "findings", "basis", "despite"}),
        frozenset(required | (known & {"as_computed"})),
    }
    for names in sorted(map(sorted, choices)):
        for chosen in itertools.product(*(menu[name] for name in names)):
            yield dict(zip(names, chosen, strict=True))
