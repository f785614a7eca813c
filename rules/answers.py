"""Short constructors for answers, so that a condition reads like its sentence."""

from __future__ import annotations

from rules.model import FALSE, NO_FACTS, TRUE, UNKNOWN, Answer, Cause, Facts


def met(
    reason: str = "met",
    *,
    question: str | None = None,
    referral: str | None = None,
    facts: Facts = NO_FACTS,
) -> Answer:
    """The condition holds on these facts; ``question`` names a careful reading it rests on."""
    return Answer(TRUE, reason, facts, question=question, referral=referral)


def failed(
    reason: str = "failed",
    *,
    question: str | None = None,
    referral: str | None = None,
    refers: bool = False,
    facts: Facts = NO_FACTS,
) -> Answer:
    """The condition fails on these facts."""
    return Answer(FALSE, reason, facts, question=question, referral=referral, refers=refers)


def missing(*pointers: str) -> Answer:
    """The condition cannot be answered: the facts at these JSON pointers were not given."""
    return Answer(UNKNOWN, "missing", cause=Cause.MISSING, missing=pointers)


def to_find(
    reason: str = "to_find",
    *,
    question: str | None = None,
    hold: bool = False,
    referral: str | None = None,
    facts: Facts = NO_FACTS,
) -> Answer:
    """A named official must find this; the amount stays provisional (or held)."""
    return Answer(
        UNKNOWN,
        reason,
        facts,
        cause=Cause.FINDING,
        question=question,
        hold=hold,
        referral=referral,
    )


def open_question(
    question: str,
    reason: str,
    *,
    hold: bool = False,
    referral: str | None = None,
    facts: Facts = NO_FACTS,
) -> Answer:
    """The notice leaves this open; an official settles the reading."""
    return Answer(
        UNKNOWN,
        reason,
        facts,
        cause=Cause.READING,
        question=question,
        hold=hold,
        referral=referral,
    )
