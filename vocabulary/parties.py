"""Who takes part in a case: whose turn it is, and who an event's actor is."""

from __future__ import annotations

from enum import StrEnum


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
