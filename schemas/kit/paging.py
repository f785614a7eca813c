"""Lists on the wire: what is asked of them, and where they go on."""

from __future__ import annotations

from typing import Final

from marshmallow import fields, validate

from schemas.kit.describe import about
from vocabulary.base import Vocabulary

LIMIT_MAX: Final = 200
BIGGEST_ID: Final = 2**63 - 1
NEXT: Final = about("下一页", "作为 before 传入；没有更多时为 null")

# The last two members of every list's query.
BEFORE: Final = fields.Integer(
    validate=validate.Range(1, BIGGEST_ID), **about("从此编号往前", "上一页答复中的 next")
)
LIMIT: Final = fields.Integer(
    validate=validate.Range(1, LIMIT_MAX), **about("每页条数", "默认 50，最多 200")
)


def one_of(words: type[Vocabulary]) -> validate.OneOf:
    """Only these words, each as its plain string."""
    return validate.OneOf([word.value for word in words])
