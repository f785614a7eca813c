"""Several words of a closed vocabulary in one parameter of an address."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields

from schemas.kit.fields import Described
from schemas.kit.refusals import said
from vocabulary.base import Vocabulary


class Several(Described, fields.String):
    """One or more words with commas between, each taken once."""

    def __init__(self, words: type[Vocabulary], **options: Any) -> None:
        super().__init__(**options)
        self.labels = {word.value: word.label for word in words}

    def read(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, str):
            raise ValidationError(said("invalid_string"))
        # No list of ours has more words than this, however often one is repeated.
        given = tuple(dict.fromkeys(value.split(",", len(self.labels))))
        if not self.labels.keys() >= set(given):
            choices = "、".join(f"{word}（{label}）" for word, label in self.labels.items())
            raise ValidationError(said("invalid_choice", choices=choices))
        return given

    def json_schema(self) -> dict[str, Any]:
        word = "|".join(self.labels)
        most = len(self.labels) - 1
        return {"type": "string", "pattern": f"^({word})(,({word})){{0,{most}}}$"}

    def in_address(self) -> dict[str, Any]:
        word = {"type": "string", "enum": [*self.labels]}
        return {"type": "array", "minItems": 1, "items": word}
