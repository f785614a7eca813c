"""Who takes part in a case: whose turn it is, and who an event's actor is."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


def named(name: str, former: Sequence[str] = ()) -> str:
    """A name, with what its bearer was called before: 样例面馆（原名称：样例小吃）."""
    return f"{name}（原名称：{'、'.join(former)}）" if former else name


class Side(StrEnum):
    """Whose turn it is, or whose act."""

    SYSTEM = "system"
    BUREAU = "bureau"
    APPLICANT = "applicant"
    NOBODY = "nobody"


class Actor(StrEnum):
    """Actors of events who are no officers; an officer is "<bureau>:<label>"."""

    APPLICANT = "enterprise"  # who it is stands in the application
    SOMEBODY = "somebody"  # who has shown nothing but a receipt number
    SYSTEM = "system"
    OPERATOR = "operator"  # whoever works at the command line
