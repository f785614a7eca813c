"""What somebody or something is called."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from schemas.kit.fields import Text
from schemas.kit.refusals import said
from vocabulary.links import has_link


class Name(Text):
    """What somebody or something is called: on one line, and no address of the web, which chats and
    mail programs would make a link of."""

    def read(self, value: Any) -> str:
        text = super().read(value)
        if has_link(text):
            raise ValidationError(said("link_in_name"))
        return text
