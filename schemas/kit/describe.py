"""How a field tells people what it asks: label, help, and the document the fact comes from."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import Any, Final

from marshmallow import Schema, fields

PERSONAL: Final = "personal"
OF_MOST: Final = "of_most"
WORDS: Final = "words"
NEEDED: Final = "判断所需，缺少时须补正"


def about(  # noqa: PLR0913 -- all by name
    label: str,
    help_text: str = "",
    *,
    source: str = "",
    example: Any = None,
    in_example: bool = True,
    needed: bool = False,
    personal: bool = False,
    where: tuple[str, Collection[object]] | None = None,
    of_most: bool = False,
    words: type[Enum] | None = None,
) -> dict[str, Any]:
    """Metadata of a form field, all Chinese.

    Takes ``label`` (what it is called), ``help_text`` (how to fill it in), ``source`` (the
    document the fact is taken from), ``example`` (where the field's kind alone would give one
    that contradicts another field), ``in_example`` (false: the published example leaves it out,
    as it asks something of others only), ``needed`` (not refused when absent, but nothing is
    decided without it: the application stays 待补正), ``personal`` (it says something of
    people, and is stored encrypted with the whole part of the form it stands in), ``where`` (a
    form asks it only as long as the field of that name beside it has none of other values than
    these), ``of_most`` (not of everybody: of the others nothing is decided without it, and a form
    does not call it optional), ``words`` (the closed list that a text of an answer is of, where its
    type does not say so). Returns marshmallow ``metadata``, which the published form, the OpenAPI
    document and the list of things to bring are made from.
    """
    if needed:
        help_text = f"{help_text}（{NEEDED}）"
    described = {
        "title": label,
        "description": help_text,
        "x-source": source,
        "x-needed-to-decide": needed,
    }
    metadata = {name: text for name, text in described.items() if text}
    if example is not None:
        metadata["example"] = example
    if personal:
        metadata[PERSONAL] = True
    if not in_example:
        metadata["in_example"] = False
    if of_most:
        metadata[OF_MOST] = True
    if words is not None:
        metadata[WORDS] = words
    if where is not None:
        name, values = where
        metadata["asked_where"] = (name, tuple(as_word(value) for value in values))
    return {"metadata": metadata}


def personal_names(form: Schema) -> tuple[str, ...]:
    """The fields of a form that are personal, or hold one that is."""
    return tuple(name for name, field in form.fields.items() if _is_personal(field))


def _is_personal(field: fields.Field[Any]) -> bool:
    inner = field.inner if isinstance(field, fields.List) else field
    return bool(
        field.metadata.get(PERSONAL)
        or (isinstance(inner, fields.Nested) and personal_names(inner.schema))
    )


def as_word(value: object) -> str:
    """An answer as `where` names it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
