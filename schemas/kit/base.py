"""The schema every form builds on: strict about unknown fields, and silent in English.

Whatever fields and validators a form uses, binding it here swaps marshmallow's English defaults
for :class:`schemas.kit.refusals.Coded` sentences, so no form has to remember to.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, ClassVar, Final

from marshmallow import RAISE, Schema, fields, validate

from schemas.kit.problem import MOST_ERRORS
from schemas.kit.refusals import Coded, coded
from schemas.kit.strict_json import MAX_VALUES

# marshmallow's own message keys, by the field class that uses them; a subclass wins over its base.
_BY_CLASS: Final[tuple[tuple[type[fields.Field[Any]], dict[str, str]], ...]] = (
    (fields.Nested, {"type": "invalid_object"}),
    (fields.List, {"invalid": "invalid_list"}),
    (fields.Dict, {"invalid": "invalid_object"}),
    (fields.Integer, {"invalid": "invalid_integer", "too_large": "too_large"}),
    (fields.Decimal, {"invalid": "invalid_number", "special": "invalid_number"}),
    (fields.Number, {"invalid": "invalid_number", "too_large": "too_large"}),
    (fields.Boolean, {"invalid": "invalid_boolean"}),
    (fields.Date, {"invalid": "invalid_date", "format": "invalid_date"}),
    (fields.DateTime, {"invalid": "invalid_datetime", "format": "invalid_datetime"}),
    (fields.Enum, {"unknown": "invalid_choice"}),
    (fields.Email, {"invalid": "invalid_email"}),
    (fields.String, {"invalid": "invalid_string", "invalid_utf8": "invalid_string"}),
)
_EVERY: Final[dict[str, str]] = {
    "required": "required",
    "null": "null_not_allowed",
    "validator_failed": "invalid_value",
}


class StrictSchema(Schema):
    """Refuses unknown fields; every message is Chinese and coded. `most_values`: how many values a
    body may hold that is read with it."""

    most_values: ClassVar[int] = MAX_VALUES

    error_messages = {  # noqa: RUF012 -- marshmallow declares it so
        "unknown": coded("unknown_field"),
        "type": coded("invalid_object"),
    }

    class Meta:
        unknown = RAISE

    def load(self, data: Any, **given: Any) -> Any:
        """As marshmallow's; of names that it does not know, no more than an answer can list."""
        if isinstance(data, Mapping) and len(data) > len(self.fields) + MOST_ERRORS:
            names = {field.data_key or name for name, field in self.fields.items()}
            strange = islice((name for name in data if name not in names), MOST_ERRORS + 1)
            data = {name: data[name] for name in (*names.intersection(data), *strange)}
        return super().load(data, **given)

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """marshmallow's hook: called once per field while a schema is built."""
        super().on_bind_field(field_name, field_obj)
        speak_chinese(field_obj)


def speak_chinese(field: fields.Field[Any]) -> None:
    """Replace the uncoded messages of a field, its validators and its inner fields, in place."""
    codes = dict(_EVERY)
    for kind, own in reversed(_BY_CLASS):
        if isinstance(field, kind):
            codes.update(own)
    for key, message in field.error_messages.items():
        if not isinstance(message, Coded):
            field.error_messages[key] = coded(codes.get(key, "invalid_value"))
    for validator in field.validators:
        _teach(validator)
    match field:
        case fields.List():
            speak_chinese(field.inner)
        case fields.Dict():
            for inner in (field.key_field, field.value_field):
                if inner is not None:
                    speak_chinese(inner)
        case fields.Enum():
            speak_chinese(field.field)
        case _:
            pass


def _teach(validator: Any) -> None:
    match validator:
        case validate.And():
            for part in validator.validators:
                _teach(part)
        case validate.Length() if validator.error is None:
            validator.message_min = coded("too_short")
            validator.message_max = coded("too_long")
            validator.message_all = coded("wrong_length")
            validator.message_equal = coded("exact_length")
        case validate.Range() if validator.error is None:
            validator.message_min = coded("negative" if validator.min == 0 else "too_small")
            validator.message_max = coded("above_max")
            validator.message_all = coded("out_of_range")
        case validate.OneOf() | validate.ContainsOnly() if not isinstance(validator.error, Coded):
            validator.error = coded("invalid_choice")
        case validate.Email() if not isinstance(validator.error, Coded):
            validator.error = coded("invalid_email")
        case validate.Regexp() if not isinstance(validator.error, Coded):
            validator.error = coded("invalid_format")
        case _:
            pass
