"""A screening's questions: at most twelve, each of which can still alter what is told."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.intake import interview, screening
from casework.notices import editions
from config.notices import interview as asks
from config.notices.text import NoticeDataError
from config.settings import Settings
from schemas.kit.format_errors import InvalidRequest
from schemas.screenings import ScreeningAnswer, load_screening
from tests.support.packaged import packaged_forms

SETTINGS = Settings(database_url="postgresql:///none", redis_url="redis://none")
DAY = date(2020, 6, 1)
ALL = interview.interview(SETTINGS)


def told(answers: dict[str, Any]) -> ScreeningAnswer:
    said = load_screening(interview.body(SETTINGS, answers), packaged_forms)
    return screening.run(SETTINGS, said, DAY)


def compared(found: ScreeningAnswer) -> list[Any]:
    return [
        (each.provision, each.outcome, each.amount, each.against, each.missing)
        for each in found.verdicts
    ]


def tried(answers: dict[str, Any], pointer: str) -> list[dict[str, Any]]:
    """The same answers with another one, as far as the forms take it."""
    edition = editions.edition(SETTINGS.notice_id)
    code = next(
        each for each in edition.notice.provisions if interview.asked_by(SETTINGS, each, pointer)
    )
    return [{**answers, pointer: value} for value in interview._examples(edition, code, pointer)]


def answered(draw: random.Random, pointers: tuple[str, ...], answers: dict[str, Any]) -> None:
    """Answer a question, or leave it; what contradicts another answer is left, too."""
    for pointer in pointers:
        choice = draw.choice([*tried(answers, pointer), answers])
        with suppress(InvalidRequest):
            told(choice)
            answers.update(choice)


def alters(answers: dict[str, Any], now: list[Any]) -> bool:
    with suppress(InvalidRequest):
        return compared(told(answers)) != now
    return False


@pytest.mark.parametrize("seed", range(20))
def test_each_question_that_is_put_can_alter_what_is_told(seed: int) -> None:
    """Whoever comes for whatever, answers in whatever way, and leaves some out."""
    draw = random.Random(seed)  # noqa: S311 -- the same tries each time
    topics = draw.sample([each.code for each in ALL.topics], k=seed % 4)
    answers: dict[str, Any] = {}
    done: list[str] = []
    while len(done) + 1 < interview.MOST:
        left = interview.remaining(SETTINGS, topics, answers, done, DAY)
        if not left:
            break
        now = compared(told(answers))
        for pointer in left[0].pointers:
            assert any(alters(each, now) for each in tried(answers, pointer)), (pointer, answers)
        answered(draw, left[0].pointers, answers)
        done.append(left[0].question.code)
    assert len(set(done)) == len(done) < interview.MOST
    rests_on_what_was_asked(topics, answers, done)


def rests_on_what_was_asked(topics: list[str], answers: dict[str, Any], done: list[str]) -> None:
    """Nothing is offered of which somebody was not asked, and nothing denied but for an answer."""
    unasked = interview.unasked(SETTINGS, topics, answers, done, DAY)
    came_for = {code for topic in ALL.topics if topic.code in topics for code in topic.provisions}
    without = [
        {each.provision: each.against for each in told(fewer).verdicts}
        for pointer in answers
        if (fewer := without_one(answers, pointer)) is not None
    ]
    for each in told(answers).verdicts:
        code = each.provision
        own = [
            at for at in answers if at[1:6] == "facts" and interview.asked_by(SETTINGS, code, at)
        ]
        if each.outcome in ("eligible", "needs_determination"):
            put = bool(own) and all(question.code in done for question in unasked.get(code, ()))
            assert put == (code not in unasked), (code, answers)
        elif each.outcome == "referred":
            assert code in unasked or own or code in came_for, (code, answers)
        else:
            assert code not in unasked
        if each.against:
            assert any(then[code] != each.against for then in without), (code, answers)


def without_one(answers: dict[str, Any], pointer: str) -> dict[str, Any] | None:
    """The answers but one, where a form takes the rest."""
    fewer = {at: value for at, value in answers.items() if at != pointer}
    with suppress(InvalidRequest):
        told(fewer)
        return fewer
    return None


def test_who_was_never_asked_of_finance_is_not_told_to_apply_as_a_fintech_firm() -> None:
    """Nothing is against any enterprise there and nothing is missing: only a person can find."""
    firm = {"/enterprise/kind": "enterprise", "/facts/leases/0/owner": "district_soe"}
    for topics in (["tenant"], ["science"], []):
        unasked = interview.unasked(SETTINGS, topics, firm, ["kind"], DAY)
        (outcome,) = (e.outcome for e in told(firm).verdicts if e.provision == "m11_fintech")
        assert outcome == "needs_determination"
        assert unasked["m11_fintech"] == ()


def test_what_cannot_help_any_more_is_not_asked() -> None:
    person = {"/enterprise/kind": "natural_person"}
    left = interview.remaining(SETTINGS, ["tenant"], person, ["kind"], DAY)
    asked = {pointer for each in left for pointer in each.pointers}
    assert "/enterprise/industry" not in asked
    trader = {"/enterprise/kind": "individual_business"}
    left = interview.remaining(SETTINGS, ["tenant"], trader, ["kind"], DAY)
    asked = {pointer for each in left for pointer in each.pointers}
    assert "/facts/leases/0/owner" in asked
    assert "/enterprise/revenue" not in asked


def test_what_was_not_answered_denies_nothing() -> None:
    assert all(not each.against for each in told({}).verdicts)


def test_faulty_questions_are_refused() -> None:
    current = editions.edition(SETTINGS.notice_id)
    codes = frozenset(current.notice.provisions)
    text = current.notice.content["text"]
    first, *rest = ALL.questions
    twice = (first, first, *rest)
    for topics, questions in (
        (ALL.topics[1:], ALL.questions),
        (ALL.topics, twice),
        (ALL.topics, (first._replace(asks="“不是通知的话”"), *rest)),
    ):
        with pytest.raises(NoticeDataError, match=r"screening\.toml"):
            asks.check(replace(ALL, topics=topics, questions=questions), text, codes)
