"""The forms as JSON Schema: for the OpenAPI document, and published with each provision.

Made from the marshmallow schemas themselves, so that what is documented is what is checked.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from schemas.batches import BatchLineSchema
from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.fields import Described
from schemas.kit.problem import ProblemSchema

OPENAPI_VERSION: Final = "3.1.0"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
REQUEST: Final = "ApplicationRequest"

_COMPONENTS: Final = "#/components/schemas/"


@cache
def components(*bodies: Schema) -> dict[str, Any]:
    """Every schema of the wire contract by name, as JSON Schema with ``$ref`` between them.

    In: what may be sent besides applications.

    ``ApplicationRequest`` is the union of ``Application_<provision>``, told apart by
    ``provision``; ``Facts_<provision>`` is a provision's form.
    """
    plugin = MarshmallowPlugin(schema_name_resolver=schema_name)
    spec = APISpec("-", "-", OPENAPI_VERSION, plugins=[plugin])
    assert plugin.converter is not None  # noqa: S101 -- set by APISpec above
    plugin.converter.add_attribute_function(_own_description)  # type: ignore[no-untyped-call]
    spec.components.schema("Enterprise", schema=ENTERPRISE)
    spec.components.schema("Problem", schema=ProblemSchema())
    spec.components.schema("BatchLine", schema=BatchLineSchema())
    with warnings.catch_warnings():
        # Two provisions may share a form class; each still gets its own name.
        warnings.filterwarnings("ignore", message="Multiple schemas resolved to the name")
        for code, form in FORMS.items():
            spec.components.schema(f"Facts_{code}", schema=form)
        for body in bodies:
            if (name := schema_name(body)) not in spec.components.schemas:
                spec.components.schema(name, schema=body)
    made: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    for code in FORMS:
        made[f"Application_{code}"] = {
            "type": "object",
            "additionalProperties": False,
            "required": ["provision", "enterprise", "facts"],
            "properties": {
                "provision": {"type": "string", "const": code, "title": "申报条款"},
                "enterprise": {"$ref": _COMPONENTS + "Enterprise"},
                "facts": {"$ref": f"{_COMPONENTS}Facts_{code}"},
            },
        }
    made[REQUEST] = {
        "title": "申报",
        "oneOf": [{"$ref": f"{_COMPONENTS}Application_{code}"} for code in FORMS],
        "discriminator": {
            "propertyName": "provision",
            "mapping": {code: f"{_COMPONENTS}Application_{code}" for code in FORMS},
        },
    }
    return made


@cache
def form_schema(provision: str) -> Mapping[str, Any]:
    """The whole application form of one provision as one self-contained JSON Schema.

    Raises ``KeyError`` for a provision without a form.
    """
    every = components()
    root = f"Application_{provision}"
    needed: dict[str, Any] = {}
    todo = [every[root]]
    while todo:
        for name in _references(todo.pop()):
            if name not in needed:
                needed[name] = every[name]
                todo.append(every[name])
    return {
        "$schema": DIALECT,
        **_local(every[root]),
        "$defs": {name: _local(schema) for name, schema in sorted(needed.items())},
    }


def example(provision: str) -> dict[str, Any]:
    """An application that the form of ``provision`` takes, filled in so that it makes sense.

    Made from the fields, so it is always complete but for what only others are asked; the values
    are plainly made up.
    """
    return {
        "provision": provision,
        "enterprise": _filled(ENTERPRISE),
        "facts": _filled(FORMS[provision]),
    }


def _filled(schema: Schema) -> dict[str, Any]:
    return {
        name: _value(field)
        for name, field in schema.load_fields.items()
        if field.metadata.get("in_example", True)
    }


def _value(field: fields.Field[Any]) -> Any:
    if "example" in field.metadata:
        return field.metadata["example"]
    match field:
        case fields.Nested():
            return _filled(field.schema)
        case fields.List():
            return [_value(field.inner)]
        case Described():
            return _from_json_schema(field.json_schema(), str(field.metadata.get("title", "")))
        case _:
            raise TypeError(f"no example for {type(field).__name__}")


def _from_json_schema(schema: Mapping[str, Any], title: str) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "boolean":
            return True
        case "integer":
            return max(schema["minimum"], min(10, schema["maximum"]))
        case _:
            return f"示例{title}"[: schema.get("maxLength", 20)]


def schema_name(schema: Any) -> str:
    """What a schema (class or instance) is called in the document."""
    cls = schema if isinstance(schema, type) else type(schema)
    return str(cls.__name__).removesuffix("Schema")


def _own_description(
    _converter: Any, field: fields.Field[Any], *, ret: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """What our own fields say of themselves replaces what apispec makes of their base class."""
    if not isinstance(field, Described):
        return {}
    own = field.json_schema()
    for guessed in ("type", "format", "pattern"):
        if guessed not in own:
            ret.pop(guessed, None)
    return own


def _references(schema: Any) -> list[str]:
    if isinstance(schema, Mapping):
        found = [
            value.removeprefix(_COMPONENTS)
            for key, value in schema.items()
            if key == "$ref" and isinstance(value, str)
        ]
        return found + [name for value in schema.values() for name in _references(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in _references(value)]
    return []


def _local(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        return {
            key: f"#/$defs/{value.removeprefix(_COMPONENTS)}" if key == "$ref" else _local(value)
            for key, value in schema.items()
        }
    return [_local(value) for value in schema] if isinstance(schema, list) else schema
