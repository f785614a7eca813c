"""Filters of lists and figures: what is typed wrong is refused, so that it never finds nothing."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, validates_schema

from schemas.kit.base import StrictSchema
from schemas.kit.fields import DateField, Text
from schemas.kit.refusals import said


class OfNotice(StrEnum):
    """What a notice names, and a filter may ask for."""

    PROVISION = "provision"
    BUREAU = "bureau"
    CONDITION = "condition"
    QUESTION = "question"


class NamedByNotice(Text):
    """The name of something that stands in a notice. Which there are only a deployment's notices
    can tell: `casework.notices.known` does, after the schema. `may_be_empty`: for any."""

    def __init__(self, of: OfNotice, *, may_be_empty: bool = False, **options: Any) -> None:
        super().__init__(**{"max_length": 40, **options})
        self.of = of
        self.may_be_empty = may_be_empty

    def read(self, value: Any) -> str:
        return "" if self.may_be_empty and value == "" else super().read(value)

    def json_schema(self) -> dict[str, Any]:
        if self.may_be_empty:
            return {"type": "string", "maxLength": self.max_length}
        return super().json_schema()


class FilterSchema(StrictSchema):
    """Of what goes from one value to another (`…_from`, `…_to`), the end is not before the
    beginning."""

    @validates_schema
    def _check_ranges(self, data: dict[str, Any], **_: Any) -> None:
        faults = {}
        for name, field in self.fields.items():
            end = f"{name.removesuffix('_from')}_to"
            first, last = data.get(name), data.get(end)
            if name.endswith("_from") and first is not None and last is not None and last < first:
                days = isinstance(field, DateField)
                faults[end] = [said("ends_before_start" if days else "most_below_least")]
        if faults:
            raise ValidationError(faults)
