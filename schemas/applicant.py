"""Who applied, as answers name it."""

from __future__ import annotations

from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.describe import about


@answer
class Applicant:
    """An enterprise by its name and unified social credit code."""

    name: Annotated[str, about("名称")]
    uscc: Annotated[str | None, about("统一社会信用代码")]
