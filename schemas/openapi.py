"""The forms as JSON Schema: for the OpenAPI document, and published with each provision.

Made from the marshmallow schemas themselves, so that what is documented is what is checked.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from schemas.application import IDENTITY
from schemas.batches import BatchLineSchema
from schemas.closed_words import as_words
from schemas.enterprise import ENTERPRISE, HAS_CODE
from schemas.form_set import Offer
from schemas.identity import FILED_BY
from schemas.kit.describe import WORDS
from schemas.kit.fields import Described
from schemas.kit.problem import ProblemSchema
from schemas.kit.several import Several

OPENAPI_VERSION: Final = "3.1.0"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
REQUEST: Final = "ApplicationRequest"

_COMPONENTS: Final = "#/components/schemas/"
_BY_PROVISION: Final = "FactsByProvision"


class _Form(NamedTuple):
    """A form in the document. `name`: what tells it from all others; `notices`: whose it is."""

    name: str
    code: str
    form: Schema
    notices: list[str]


@cache
def components(offers: tuple[Offer, ...], *bodies: Schema) -> dict[str, Any]:
    """Every schema of the wire contract by name, as JSON Schema with ``$ref`` between them.

    ``ApplicationRequest`` is the union of ``Application_<provision>``, told apart by
    ``provision``; ``Facts_<provision>`` is a provision's form. Where a later notice has a form of
    its own for a code, the notice's id stands in the name as well.
    """
    forms = _forms(offers)
    plugin = MarshmallowPlugin(schema_name_resolver=schema_name)
    spec = APISpec("-", "-", OPENAPI_VERSION, plugins=[plugin])
    assert plugin.converter is not None  # noqa: S101 -- set by APISpec above
    for described in (_own_description, in_known_words):
        plugin.converter.add_attribute_function(described)  # type: ignore[no-untyped-call]
    spec.components.schema("Enterprise", schema=ENTERPRISE)
    spec.components.schema("FiledBy", schema=FILED_BY)
    spec.components.schema("Problem", schema=ProblemSchema())
    spec.components.schema("BatchLine", schema=BatchLineSchema())
    with warnings.catch_warnings():
        # Two provisions may share a form class; each still gets its own name.
        warnings.filterwarnings("ignore", message="Multiple schemas resolved to the name")
        for each in forms:
            spec.components.schema(f"Facts_{each.name}", schema=each.form)
        for body in bodies:
            if (name := schema_name(body)) not in spec.components.schemas:
                spec.components.schema(name, schema=body)
    made: dict[str, Any] = spec.to_dict()["components"]["schemas"]
    made["Enterprise"] |= HAS_CODE
    defaults = [offer.notice for offer in offers if offer.is_default]
    for each in forms:
        made[f"Application_{each.name}"] = _application(each, defaults)
    made[REQUEST] = _either(forms)
    if _BY_PROVISION in made:
        made[_BY_PROVISION]["properties"] = _by_provision(forms)
    return made


def _forms(offers: tuple[Offer, ...]) -> list[_Form]:
    """Every form once, however many notices have it."""
    made: dict[str, _Form] = {}
    for offer in offers:
        for code, form in offer.forms:
            same = code not in made or made[code].form is form
            name = code if same else f"{offer.notice}_{code}"
            made.setdefault(name, _Form(name, code, form, [])).notices.append(offer.notice)
    return list(made.values())


def _application(each: _Form, defaults: Sequence[str]) -> dict[str, Any]:
    is_named = not set(defaults) & set(each.notices)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*(["notice"] if is_named else []), "provision", "enterprise", "facts"],
        "properties": {
            "notice": {
                "type": "string",
                **({"enum": each.notices} if each.notices[1:] else {"const": each.notices[0]}),
                "title": "申报所依据的通知",
                "description": "通知代码" if is_named else f"通知代码；不填为 {defaults[0]}",
            },
            "provision": {"type": "string", "const": each.code, "title": "申报条款"},
            "enterprise": {"$ref": _COMPONENTS + "Enterprise"},
            "facts": {"$ref": f"{_COMPONENTS}Facts_{each.name}"},
            "identity": {
                "$ref": _COMPONENTS + "FiledBy",
                "title": "身份核实程度",
                "description": "只由持申报渠道令牌的系统填写",
            },
        },
    }


def _either(forms: Sequence[_Form]) -> dict[str, Any]:
    at = {each.name: f"{_COMPONENTS}Application_{each.name}" for each in forms}
    either = {"title": "申报", "oneOf": [{"$ref": there} for there in at.values()]}
    if any(each.name != each.code for each in forms):
        return either  # the provision alone does not tell them apart
    return {**either, "discriminator": {"propertyName": "provision", "mapping": at}}


def _by_provision(forms: Sequence[_Form]) -> dict[str, Any]:
    refs: dict[str, list[dict[str, str]]] = {}
    for each in forms:
        refs.setdefault(each.code, []).append({"$ref": f"{_COMPONENTS}Facts_{each.name}"})
    return {
        code: {**(one[0] if len(one) == 1 else {"anyOf": one}), "title": f"{code} 申报表的事项"}
        for code, one in refs.items()
    }


def form_schema(offer: Offer, provision: str) -> Mapping[str, Any]:
    """The whole application form of one provision as one self-contained JSON Schema.

    Raises ``KeyError`` for a provision without a form.
    """
    form = dict(offer.forms)[provision]
    every = components((offer._replace(forms=((provision, form),)),))
    whole = every[f"Application_{provision}"]
    asked = {name: each for name, each in whole["properties"].items() if name != IDENTITY}
    root = {**whole, "properties": asked}  # who files is no question of the form
    needed: dict[str, Any] = {}
    todo = [root]
    while todo:
        for name in _references(todo.pop()):
            if name not in needed:
                needed[name] = every[name]
                todo.append(every[name])
    return {
        "$schema": DIALECT,
        **_local(root),
        "$defs": {name: _local(schema) for name, schema in sorted(needed.items())},
    }


def example(offer: Offer, provision: str) -> dict[str, Any]:
    """An application that the form of ``provision`` takes, filled in so that it makes sense.

    Made from the fields, so it is always complete but for what only others are asked; the values
    are plainly made up.
    """
    return {
        **({} if offer.is_default else {"notice": offer.notice}),
        "provision": provision,
        "enterprise": _filled(ENTERPRISE),
        "facts": _filled(dict(offer.forms)[provision]),
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


def in_known_words(
    _converter: Any, field: fields.Field[Any], *, ret: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """What apispec says in words that JSON Schema does not have, said in those that it has; and
    the closed list that a member is of."""
    if ret.get("format") == "url":
        ret["format"] = "uri"
    if ret.get("type") == "object":
        for theirs, known in (("minLength", "minProperties"), ("maxLength", "maxProperties")):
            if theirs in ret:
                ret[known] = ret.pop(theirs)
    words = field.metadata.get(WORDS)
    return {} if words is None else as_words(words)


def _own_description(
    _converter: Any, field: fields.Field[Any], *, ret: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """What our own fields say of themselves replaces what apispec makes of their base class."""
    return _instead(ret, field.json_schema()) if isinstance(field, Described) else {}


def in_addresses(
    _converter: Any, field: fields.Field[Any], *, ret: dict[str, Any], **_: Any
) -> dict[str, Any]:
    """The same of parameters, where a number is text like everything else."""
    if isinstance(field, Several):
        return _instead(ret, field.in_address())
    if not isinstance(field, Described):
        return {}
    own = field.json_schema()
    if isinstance(own["type"], list):
        numeric = {"minimum", "maximum"}
        own = {name: said for name, said in own.items() if name not in numeric} | {"type": "string"}
    return _instead(ret, own)


def _instead(ret: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
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
