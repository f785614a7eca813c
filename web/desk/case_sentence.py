"""A case's outcome in one sentence for the officer who decides it, and the mark beside it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from schemas.cases import Case, DeterminationOnRecord
from vocabulary.cases import DeterminationState, ReviewState, State
from vocabulary.days import day
from vocabulary.outcomes import Outcome
from web.desk.case_points import Point
from web.parts.writing import yuan


class Sentence(NamedTuple):
    """`mark`: of a band, as the styles have it."""

    text: str
    mark: str


def sentence(case: Case, points: Sequence[Point], *, is_verified: bool) -> Sentence:
    """How the case stands and what comes of it."""
    match case.state:
        case State.RECEIVED:
            return Sentence("已受理，正在核对。", "wait")
        case State.SUPPLEMENTED:
            return Sentence("申报单位已补正，正在重新核对。", "wait")
        case State.AWAITING_SUPPLEMENT:
            by = case.next.by
            return Sentence(f"等申报单位补正{f'，最迟{day(by)}' if by else ''}。", "wait")
        case State.AWAITING_APPROVAL:
            return Sentence(_proposed(proposal(case)), "to")
        case State.UNDER_REVIEW:
            return Sentence("申报单位申请复核，等没有参与本件的主管答复。", "to")
        case State.WITHDRAWN:
            return Sentence("申报单位已撤回申请。", "off")
        case State.DUPLICATE:
            return Sentence(f"按重复申报了结，由{case.duplicate_of}继续办理。", "off")
        case State.DETERMINED if case.determination is not None:
            found = case.determination
            granted = Sentence(f"已准予{amount_text(found.amount)}。", "good")
            return granted if found.granted else _REFUSED
        case State.AWAITING_DETERMINATION:
            return _to_determine(case, points, is_verified=is_verified)
    return Sentence(f"核对结果：{case.outcome_text or '–'}。", "off")


_REFUSED = Sentence("已认定，没有准予。", "off")


def proposal(case: Case) -> DeterminationOnRecord | None:
    """The determination that waits for a second person."""
    made = case.casework.determinations
    waits = bool(made) and made[-1].state is DeterminationState.PROPOSED
    return made[-1] if waits else None


def amount_text(amount: Decimal | None) -> str:
    """The yuan that a grant comes to; where the notice gives no figure, nothing."""
    return "" if amount is None else yuan(amount)


def _to_determine(case: Case, points: Sequence[Point], *, is_verified: bool) -> Sentence:
    much = amount_text(case.amount)
    unknown = "" if is_verified else "身份未核实，核实之前不能准予。"
    if case.outcome is not None and case.outcome.is_closed:
        # As where a review has set a refusal aside: nothing is met yet.
        again = case.review is not None and case.review.state is ReviewState.REOPENED
        said = f"现在的核对结果是{case.outcome_text}，准予的要先记认定意见或者写明另外的依据。"
        because = "复核撤销了原结果，等重新认定。" if again else ""
        return Sentence(because + said + unknown, "wait")
    others = list(dict.fromkeys(each.decider for each in points if not each.is_ours))
    said = f"都符合的，可准予{much}。" if points else f"核对下来都符合，可准予{much}。"
    if points:
        said = f"{len(points)}项等认定，{said}"
    if others:
        said += f"其中要由{'、'.join(others)}认定的，等认定以后才能准予。"
    said += unknown
    is_ready = case.outcome is Outcome.ELIGIBLE and is_verified
    return Sentence(said, "good" if is_ready else "wait")


def _proposed(made: DeterminationOnRecord | None) -> str:
    if made is None:
        return "等第二个人复签。"
    what = f"已提出准予{amount_text(made.amount)}" if made.granted else "已提出不予准予"
    if made.delta is None:
        return f"{what}，等第二个人复签。"
    if not made.delta:
        return f"{what}，和计算的一样，等第二个人复签。"
    way = "多" if made.delta > 0 else "少"
    computed = amount_text(made.computed)
    return f"{what}，比计算的{computed}{way}{yuan(abs(made.delta))}，等第二个人复签。"
