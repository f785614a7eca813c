"""The state machine: every act in every state, in plain words."""

from __future__ import annotations

import itertools

import pytest

from casework.docket import states
from casework.errors import IllegalMove
from tests.support.legal_acts import LEGAL
from vocabulary.cases import Act, State
from vocabulary.outcomes import Outcome
from vocabulary.parties import Side

LEADS_TO = {
    "request_supplement": "awaiting_supplement",
    "close_supplement": "supplemented",
    "answer_supplement": "supplemented",
    "propose_determination": "awaiting_approval",
    "determine": "determined",
    "approve_determination": "determined",
    "withdraw": "withdrawn",
    "request_review": "under_review",
    "reopen": "awaiting_determination",
    "close_duplicate": "duplicate",
}
APPLICANT = {
    "answer_supplement",
    "withdraw",
    "request_review",
    "rate",
    "verify_contact",
    "correct_contact",
}


def test_every_act_is_listed_here() -> None:
    assert set(LEGAL) == {act.value for act in Act}


@pytest.mark.parametrize(("act", "state"), list(itertools.product(Act, State)))
def test_every_move_is_legal_or_refused_with_the_legal_ones(act: Act, state: State) -> None:
    if state.value in LEGAL[act.value].split():
        expected = LEADS_TO.get(act.value, state.value)
        assert states.after(state, act) == expected
        return
    with pytest.raises(IllegalMove) as refused:
        states.after(state, act)
    mine = APPLICANT if act.value in APPLICANT else set(LEGAL) - APPLICANT - {"assess"}
    if act is Act.ASSESS:
        mine = {"assess"}
    legal = {other for other in mine if state.value in LEGAL[other].split()}
    assert set(refused.value.allowed) == legal
    assert refused.value.detail is not None
    assert all(Act(other).label in refused.value.detail for other in legal)


@pytest.mark.parametrize("state", [State.AWAITING_APPROVAL, State.DETERMINED, State.UNDER_REVIEW])
@pytest.mark.parametrize("outcome", Outcome)
def test_what_a_person_decided_stands_above_what_the_rules_compute(
    state: State, outcome: Outcome
) -> None:
    assert states.move(state, outcome) is state


def test_an_unanswered_request_to_supplement_goes_on_waiting() -> None:
    kept = states.move(State.AWAITING_SUPPLEMENT, Outcome.ELIGIBLE, supplement_open=True)
    assert kept is State.AWAITING_SUPPLEMENT
    settled = states.move(State.SUPPLEMENTED, Outcome.ELIGIBLE)
    assert settled is State.AWAITING_DETERMINATION


@pytest.mark.parametrize("outcome", Outcome)
def test_the_rules_decide_only_what_gives_nothing(outcome: Outcome) -> None:
    decides = states.move(State.RECEIVED, outcome) is State.DECIDED
    assert decides == (outcome in (Outcome.INELIGIBLE, Outcome.NOT_IN_FORCE))


@pytest.mark.parametrize("outcome", Outcome)
def test_what_leads_back_leads_back_unless_the_rules_found_it_eligible_meanwhile(
    outcome: Outcome,
) -> None:
    assert states.back(State.DECIDED, outcome) is states.BY_OUTCOME[outcome]
    for before in (State.AWAITING_DETERMINATION, State.REFERRED, State.DETERMINED):
        assert states.back(before, outcome) is before


def test_a_withdrawn_application_is_not_assessed_and_nobody_can_act() -> None:
    with pytest.raises(IllegalMove):
        states.move(State.WITHDRAWN, Outcome.ELIGIBLE)
    assert [states.allowed(State.WITHDRAWN, side) for side in Side] == [()] * len(Side)
