"""Where an application can stand, and which acts are legal there: the one state machine.

`RULES` is the whole machine: per act the states it is legal in, and where it leads. An act that
leads to None leaves the state as it is. What an assessment leads to is its outcome's state, except
where a person's decision or request stands above it (`move`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.errors import IllegalMove
from casework.people.rights import Right
from vocabulary.cases import Act, State
from vocabulary.outcomes import Outcome
from vocabulary.parties import Side


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do it in which states, the state it leads to (None: the same, or back), and the right
    that a person of a bureau needs."""

    side: Side
    sources: frozenset[State]
    target: State | None = None
    right: Right | None = None


UNDECIDED = frozenset({State.AWAITING_DETERMINATION, State.AWAITING_SUPPLEMENT, State.SUPPLEMENTED})
"""Where somebody may still have to find what a condition leaves open."""

TO_DETERMINE = UNDECIDED | {State.AWAITING_APPROVAL}
"""Where a determination is still to come into force."""

_OPEN = frozenset({State.AWAITING_DETERMINATION, State.DECIDED, State.REFERRED})
_SETTLED = frozenset({State.DECIDED, State.REFERRED, State.DETERMINED})
_STANDING = frozenset(State) - {State.WITHDRAWN}
_LIVE = _STANDING - {State.DUPLICATE}
_ASSESSED = _LIVE - {State.RECEIVED}
_WAITS = frozenset({State.AWAITING_SUPPLEMENT})
_PROPOSED = frozenset({State.AWAITING_APPROVAL})
_REVIEWED = frozenset({State.UNDER_REVIEW})

RULES: Mapping[Act, Rule] = {
    Act.ASSESS: Rule(Side.SYSTEM, _LIVE),
    # Nobody is told of receipt where the answer has been given.
    Act.ACKNOWLEDGE: Rule(Side.BUREAU, _ASSESSED - {State.DETERMINED}, right=Right.ACKNOWLEDGE),
    Act.RECORD_FINDING: Rule(
        Side.BUREAU, _OPEN | _WAITS | {State.SUPPLEMENTED}, right=Right.RECORD_FINDING
    ),
    Act.REQUEST_SUPPLEMENT: Rule(
        Side.BUREAU, _OPEN | _WAITS, State.AWAITING_SUPPLEMENT, Right.SUPPLEMENT
    ),
    Act.CLOSE_SUPPLEMENT: Rule(Side.BUREAU, _WAITS, State.SUPPLEMENTED, Right.SUPPLEMENT),
    Act.ANSWER_SUPPLEMENT: Rule(Side.APPLICANT, _WAITS, State.SUPPLEMENTED),
    Act.PROPOSE_DETERMINATION: Rule(Side.BUREAU, _OPEN, State.AWAITING_APPROVAL, Right.DETERMINE),
    # Out of a supplement only to refuse, once its deadline has passed.
    Act.DETERMINE: Rule(Side.BUREAU, _OPEN | _WAITS, State.DETERMINED, Right.DETERMINE),
    Act.APPROVE_DETERMINATION: Rule(Side.BUREAU, _PROPOSED, State.DETERMINED, Right.APPROVE),
    Act.REJECT_DETERMINATION: Rule(Side.BUREAU, _PROPOSED, right=Right.APPROVE),
    Act.TRANSFER: Rule(Side.BUREAU, _OPEN | _WAITS, right=Right.TRANSFER),
    Act.WITHDRAW: Rule(Side.APPLICANT, _LIVE - {State.DETERMINED}, State.WITHDRAWN),
    Act.REQUEST_REVIEW: Rule(Side.APPLICANT, _SETTLED | {State.DUPLICATE}, State.UNDER_REVIEW),
    Act.UPHOLD: Rule(Side.BUREAU, _REVIEWED, right=Right.DECIDE_REVIEW),
    Act.REOPEN: Rule(Side.BUREAU, _REVIEWED, State.AWAITING_DETERMINATION, Right.DECIDE_REVIEW),
    Act.RATE: Rule(Side.APPLICANT, _SETTLED),
    Act.VERIFY_CONTACT: Rule(Side.APPLICANT, _STANDING),
    Act.CORRECT_CONTACT: Rule(Side.APPLICANT, _STANDING),
    Act.CHECK_IDENTITY: Rule(Side.BUREAU, _ASSESSED, right=Right.CHECK_IDENTITY),
    Act.ISSUE_CODE: Rule(Side.BUREAU, _ASSESSED | {State.DUPLICATE}, right=Right.ISSUE_CODE),
    Act.ASSIGN: Rule(Side.BUREAU, _ASSESSED, right=Right.ASSIGN),
    # Not what a second person has before them, nor what is settled: there is nothing left to spare;
    # nor what was supplemented just now: what it asks for is not reckoned yet.
    Act.CLOSE_DUPLICATE: Rule(
        Side.BUREAU, UNDECIDED - {State.SUPPLEMENTED}, State.DUPLICATE, Right.CLOSE_DUPLICATE
    ),
}

BY_OUTCOME: Mapping[Outcome, State] = {
    Outcome.ELIGIBLE: State.AWAITING_DETERMINATION,  # the rules compute, a person grants
    Outcome.INELIGIBLE: State.DECIDED,
    Outcome.NOT_IN_FORCE: State.DECIDED,
    Outcome.NEEDS_DETERMINATION: State.AWAITING_DETERMINATION,
    Outcome.INCOMPLETE: State.AWAITING_SUPPLEMENT,
    Outcome.REFERRED: State.REFERRED,
}

# What a person decided or was asked stands, whatever the rules compute meanwhile.
_STANDS = frozenset({State.AWAITING_APPROVAL, State.DETERMINED, State.UNDER_REVIEW})


def is_legal(state: State, act: Act) -> bool:
    """Whether the act may be done to an application that stands there."""
    return state in RULES[act].sources


def allowed(state: State, side: Side) -> tuple[Act, ...]:
    """The acts one side may do in a state, in the order of the table."""
    return tuple(act for act, rule in RULES.items() if rule.side is side and state in rule.sources)


def check(state: State, act: Act, detail: str | None = None) -> None:
    """Raises IllegalMove, naming what this side may do instead."""
    if not is_legal(state, act):
        instead = allowed(state, RULES[act].side)
        possible = "、".join(other.label for other in instead) or "无"
        said = f"现在不能{act.label}。现在可以办理的事项：{possible}。"
        raise IllegalMove(detail or said, allowed=instead)


def back(before: State, outcome: Outcome | None) -> State:
    """Where a proposal or a review leads back to that changes nothing: where the case stood before,
    unless the rules have found it eligible meanwhile."""
    if before is State.DECIDED and outcome is not None:
        return BY_OUTCOME[outcome]
    return before


def after(state: State, act: Act, back_to: State | None = None) -> State:
    """The state after an act. `back_to`: where an act without a target of its own leads.

    Raises IllegalMove.
    """
    check(state, act)
    return RULES[act].target or back_to or state


def move(state: State, outcome: Outcome, *, supplement_open: bool = False) -> State:
    """The state after an assessment with `outcome`.

    Takes whether a bureau's request to supplement is unanswered: it goes on waiting. Raises
    IllegalMove for an application that is not assessed any more.
    """
    check(state, Act.ASSESS)
    if state in _STANDS or supplement_open:
        return state
    return BY_OUTCOME[outcome]
