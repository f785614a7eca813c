"""Where an application can stand, and which moves are legal: the one state machine."""

from __future__ import annotations

from collections.abc import Mapping

from casework.errors import IllegalMove
from rules.model import Outcome
from store.vocabulary import State

_ASSESSED = frozenset(State) - {State.RECEIVED}

# An assessment leads anywhere but back to "received": a later finding may overturn a decision.
MOVES: Mapping[State, frozenset[State]] = dict.fromkeys(State, _ASSESSED)

BY_OUTCOME: Mapping[Outcome, State] = {
    Outcome.ELIGIBLE: State.DECIDED,
    Outcome.INELIGIBLE: State.DECIDED,
    Outcome.NOT_IN_FORCE: State.DECIDED,
    Outcome.NEEDS_DETERMINATION: State.AWAITING_DETERMINATION,
    Outcome.INCOMPLETE: State.AWAITING_SUPPLEMENT,
    Outcome.REFERRED: State.REFERRED,
}

# Outcomes that are a decision of some kind, after which the enterprise is visited.
VISITED = frozenset(
    {Outcome.ELIGIBLE, Outcome.INELIGIBLE, Outcome.REFERRED, Outcome.NEEDS_DETERMINATION}
)


def move(state: State, outcome: Outcome) -> State:
    """The state after an assessment with `outcome`. Raises IllegalMove, naming the legal ones."""
    target = BY_OUTCOME[outcome]
    if target not in MOVES[state]:
        raise IllegalMove(allowed=tuple(sorted(MOVES[state])))
    return target
