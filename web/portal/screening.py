"""看看能办哪些: a few questions, one a page, and what the rules make of the answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from flask import Response

from api.auth import limited, public
from api.errors import AddressNotFound
from api.limits import Limiter
from api.services import services
from casework.intake import interview, screening
from casework.notices import guide
from config.notices.interview import Question
from schemas.kit.problem import FieldError
from vocabulary.zone import CHINA
from web.parts.forms import origins
from web.parts.forms.drawing import Drawn, draw
from web.parts.forms.origins import Source
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.portal import profile, questions
from web.portal.apply import start_filled
from web.portal.pages import portal_pages
from web.portal.profile import LONGEST_ANSWER, Profile
from web.portal.verdicts import grouped

pages = portal_pages("screening")

START, RESULT = "/screen", "/screen/result"


@pages.route(START, methods=["GET"])
@public
def begin() -> Response:
    said = profile.held() or Profile()
    asks = interview.interview(services().settings)
    response = page(
        "portal/screening_start.html", topics=asks.topics, chosen=said.topics, most=interview.MOST
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.route(START, methods=["POST"])
@public
def choose() -> Response:
    known = [each.code for each in interview.interview(services().settings).topics]
    chosen = posted().getlist("topic")
    said = profile.held() or Profile()
    return _onward(replace(said, topics=tuple(each for each in known if each in chosen)))


@pages.route("/screen/apply", methods=["POST"])
@public
def apply() -> Response:
    """A form of its own, already filled with what was said."""
    sent = posted()
    provision = sent.get("provision", "")
    settings = services().settings
    if guide.provision(settings, provision) is None:
        raise AddressNotFound("没有这一项。能申报的都列在我要申报那一页。")
    said = profile.read(sent.get("said")) or profile.held() or Profile()
    filled = questions.filled(settings, provision, said.typed)
    day = datetime.now(CHINA).date()
    return start_filled(provision, origins.marked(filled, Source.SCREENING, day))


@pages.route("/screen/forget", methods=["POST"])
@public
def forget() -> Response:
    return profile.forget(go_to(START))


@pages.route("/screen/<code>", methods=["GET"])
@public
def ask(code: str) -> Response:
    question, said = _question(code), profile.held()
    if said is None:
        return go_to(START)
    return _asked(question, said)


@pages.route("/screen/<code>", methods=["POST"])
@public
def answer(code: str) -> Response:
    question, sent = _question(code), posted()
    said = profile.read(sent.get("said")) or profile.held() or Profile()
    typed = {each: text for each, text in said.typed.items() if each not in question.pointers}
    if sent.get("do") != "skip":
        given = {each: _printable(sent[each]) for each in question.pointers if each in sent}
        typed.update({each: text for each, text in given.items() if text})
    done = said.done if code in said.done else (*said.done, code)
    said = replace(said, typed=typed, done=done)
    faults = _faults(said)
    if any(each.pointer in question.pointers for each in faults):
        return _asked(question, said)
    return _onward(said)


@pages.route(RESULT, methods=["GET"])
@public
@limited(Limiter.screening)
def result() -> Response:
    made = services()
    said = profile.held()
    if said is None:
        return go_to(START)
    asked, faults = questions.check(made.settings, said.typed, made.forms_of)
    if asked is None:
        return _mend(said, faults)
    found = screening.run(made.settings, asked)
    asks = interview.interview(made.settings)
    wanted = {
        each for topic in asks.topics if topic.code in said.topics for each in topic.provisions
    }
    answers = questions.answers(made.settings, said.typed)
    unasked = interview.unasked(made.settings, said.topics, answers, said.done)
    response = page(
        "portal/screening_result.html",
        found=found,
        groups=grouped(made.settings, found.verdicts, wanted, unasked),
        said=_said(said),
        written=said.written(),
        topics=[each.says for each in asks.topics if each.code in said.topics],
    )
    return profile.keep(response, said)


def _said(said: Profile) -> list[tuple[Question, list[tuple[str, str]]]]:
    """What was answered, by question."""
    settings = services().settings
    found = [
        (each, [questions.shown(settings, at, said.typed) for at in each.pointers])
        for each in interview.interview(settings).questions
    ]
    told = [(each, [row for row in rows if row]) for each, rows in found]
    return [(each, rows) for each, rows in told if rows]


def _question(code: str) -> Question:
    found = interview.interview(services().settings).question(code)
    if found is None:
        raise AddressNotFound("没有这个问题。请从头看看能办哪些。")
    return found


def _asked(question: Question, said: Profile) -> Response:
    """The page of a question; onward where nothing depends on it any more."""
    faults = _faults(said)
    others = [each for each in said.done if each != question.code]
    left = () if faults else _left(said, others)
    matter = next((each.pointers for each in left if each.question == question), ())
    shown = [each for each in question.pointers if each in matter or each in said.typed or faults]
    if not shown:
        return _onward(said)
    place = said.done.index(question.code) if question.code in said.done else len(said.done)
    later = [each for each in left if each.question != question]
    drawn = _steps(shown, said, faults)
    response = page(
        "portal/screening_question.html",
        422 if any(each.faults for each in drawn) else 200,
        question=question,
        drawn=drawn,
        faults=[fault for each in drawn for fault in each.faults],
        said=said.written(),
        place=place + 2,
        most=max(place + 2, min(interview.MOST, len(others) + len(later) + 2)),
        before=f"/screen/{said.done[place - 1]}" if place else START,
    )
    return profile.keep(response, said)


def _onward(said: Profile) -> Response:
    """To the next question that matters, or to the result."""
    if faults := _faults(said):
        return _mend(said, faults)
    left = _left(said, said.done) if len(said.done) + 1 < interview.MOST else ()
    address = f"/screen/{left[0].question.code}" if left else RESULT
    return profile.keep(go_to(address), said)


def _mend(said: Profile, faults: list[FieldError]) -> Response:
    """To the first question whose answer does not fit; from the start if none can be mended."""
    for question in interview.interview(services().settings).questions:
        if any(each.pointer in question.pointers for each in faults):
            return profile.keep(go_to(f"/screen/{question.code}"), said)
    return profile.forget(go_to(START))


def _left(said: Profile, done: Collection[str]) -> tuple[interview.Asked, ...]:
    settings = services().settings
    answers = questions.answers(settings, said.typed)
    return interview.remaining(settings, said.topics, answers, done)


def _faults(said: Profile) -> list[FieldError]:
    made = services()
    return questions.check(made.settings, said.typed, made.forms_of)[1]


def _steps(shown: Sequence[str], said: Profile, faults: Sequence[FieldError]) -> list[Drawn]:
    settings = services().settings
    steps = [step for each in shown if (step := questions.step_at(settings, each))]
    return [draw(step, said.typed, faults) for step in steps]


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text)).strip()[:LONGEST_ANSWER]
