"""Who is sent a message about an event, and who else learns of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from vocabulary.deliveries import RecipientKind


class Party(Enum):
    """Who can be sent a message about an event."""

    APPLICANT = auto()
    BUREAU = auto()  # that leads the case, or whose visit, request or promised day it is
    COPIED = auto()  # the other bureaus of the case
    HEAD = auto()  # of that bureau


class Reach(Enum):
    """Who else learns of an event."""

    CASE = auto()  # the case's timeline, and the systems of its bureaus
    READING = auto()  # who looked at what: the trail alone
    HOUSE = auto()  # accounts, endpoints, files; about no application: the trail alone


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is sent a message about an event, under which heading, and who else learns of it.

    `told`: at most these; the use case knows of whom there is nobody, or who knows already.
    """

    told: frozenset[Party] = frozenset()
    heading: str = "案件动态"
    reach: Reach = Reach.CASE

    def is_told(self, kind: RecipientKind) -> bool:
        """Whether somebody of that kind is ever sent a message about it."""
        if kind is RecipientKind.APPLICANT:
            return Party.APPLICANT in self.told
        return bool(self.told - {Party.APPLICANT})


def to(*told: Party, heading: str = "案件动态") -> Audience:
    """Told of something in a case; when a bureau is, outside its inbox: `vocabulary.matters`."""
    return Audience(frozenset(told), heading)
