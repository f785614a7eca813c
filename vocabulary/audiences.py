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
    `digest`: a bureau has nothing to do for it; outside the inbox its daily digest says it.
    """

    told: frozenset[Party] = frozenset()
    heading: str = "案件动态"
    reach: Reach = Reach.CASE
    digest: bool = False

    def is_told(self, kind: RecipientKind) -> bool:
        """Whether somebody of that kind is ever sent a message about it."""
        if kind is RecipientKind.APPLICANT:
            return Party.APPLICANT in self.told
        return bool(self.told - {Party.APPLICANT})


def to(*told: Party, heading: str = "案件动态") -> Audience:
    """What those told have to act on, or wait for."""
    return Audience(frozenset(told), heading)


def news(*told: Party) -> Audience:
    """What a bureau is told of for its information."""
    return Audience(frozenset(told), digest=True)
