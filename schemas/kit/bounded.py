"""Lists and objects of a bounded length, which is looked at before what they hold."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, fields, validate

from schemas.kit.problem import MOST_ERRORS


class BoundedList(fields.List[Any]):
    """From ``least`` to ``most`` items. One that is too long costs nothing but its refusal."""

    def __init__(self, inner: fields.Field[Any], *, least: int, most: int, **options: Any) -> None:
        self.most: Final = most
        self._length: Final = validate.Length(least, most)
        super().__init__(inner, validate=self._length, **options)

    def check_bounds(self, value: Any) -> None:
        """Raises ``ValidationError`` unless the value is a list of such a length."""
        if not isinstance(value, list):
            raise self.make_error("invalid")
        self._length(value)

    def _deserialize(self, value: Any, *_: Any, **given: Any) -> list[Any]:
        self.check_bounds(value)
        read: list[Any] = []
        errors: dict[int, Any] = {}
        for place, each in enumerate(value):
            try:
                read.append(self.inner.deserialize(each, **given))
            except ValidationError as refused:
                errors[place] = refused.messages
                if len(errors) > MOST_ERRORS:
                    break
        if errors:
            raise ValidationError(errors)
        return read


class BoundedDict(fields.Dict):
    """An object of names that no schema knows beforehand, from ``least`` to ``most`` of them."""

    def __init__(self, *, least: int, most: int, **options: Any) -> None:
        self._length: Final = validate.Length(least, most)
        super().__init__(validate=self._length, **options)

    def _deserialize(self, value: Any, *where: Any, **given: Any) -> Any:
        if isinstance(value, dict):
            self._length(value)
        return super()._deserialize(value, *where, **given)  # type: ignore[no-untyped-call]
