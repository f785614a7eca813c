"""Who takes part: on whose side an act is, who an event's actor is, and who a message is for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Side(StrEnum):
    """Whose turn it is, or whose act."""

    SYSTEM = "system"
    BUREAU = "bureau"
    APPLICANT = "applicant"
    NOBODY = "nobody"


class Actor(StrEnum):
    """Actors of events who are no officers; an officer is "<bureau>:<label>"."""

    APPLICANT = "enterprise"  # who it is stands in the application
    SYSTEM = "system"
    OPERATOR = "operator"  # whoever works at the command line


_HEAD: Final = ":supervisor"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is for, as `delivery.recipient` names them.

    The applicant is "applicant"; a bureau its id; its head, who alone is told of what has been
    late too long, "<bureau>:supervisor"; its own system at an endpoint "<bureau>/<endpoint>".
    """

    bureau: str | None
    is_head: bool = False
    endpoint: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The recipient that `str` wrote. Raises ValueError for an endpoint without a number."""
        if text == Side.APPLICANT:
            return cls(None)
        if text.endswith(_HEAD):
            return cls(text.removesuffix(_HEAD), is_head=True)
        bureau, slash, endpoint = text.partition("/")
        return cls(bureau, endpoint=int(endpoint) if slash else None)

    def __str__(self) -> str:
        if self.bureau is None:
            return Side.APPLICANT.value
        if self.endpoint is not None:
            return f"{self.bureau}/{self.endpoint}"
        return self.bureau + _HEAD if self.is_head else self.bureau


APPLICANT: Final = Recipient(None)
"""The one recipient on the applicant's side of an application."""
