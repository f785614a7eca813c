"""Who files, on the wire."""

from __future__ import annotations

from typing import Final

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Choice
from vocabulary.identity import IdentityLevel


class FiledBy(StrictSchema):
    """What a sending system with an intake token says of who files."""

    level = Choice(
        IdentityLevel,
        required=True,
        **about("身份核实程度", "不得高于令牌可担保的程度；没有核实过的填 unverified"),
    )


FILED_BY: Final = FiledBy()
