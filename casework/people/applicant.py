"""Who applied, as answers name it."""

from __future__ import annotations

from typing import TypedDict


class Applicant(TypedDict):
    """An enterprise by its name and unified social credit code."""

    name: str
    uscc: str | None
