"""Who acts next on an application, and on what, in words that fit the case."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.assessments import Assessment
from vocabulary.cases import State
from vocabulary.outcomes import Outcome, Truth
from vocabulary.parties import Side

STUCK = "系统处理遇到问题，已转人工，由联系单位办理"
ACCOUNT = "请填写或者确认收款账户，然后才能付款"
NO_DATE = "通知未规定期限"

# By outcome (None: not assessed yet): who acts next, and on what.
NEXT_STEP: Mapping[str | None, tuple[str, str]] = {
    None: (Side.SYSTEM, "系统正在核对"),
    Outcome.ELIGIBLE: (Side.BUREAU, "责任单位作出认定：按规则核对符合条件，认定后才算准予"),
    Outcome.INELIGIBLE: (Side.BUREAU, "联系单位走访并说明理由"),
    Outcome.NEEDS_DETERMINATION: (Side.BUREAU, "联系单位作出认定"),
    Outcome.REFERRED: (Side.BUREAU, "联系单位对接"),
    Outcome.INCOMPLETE: (Side.APPLICANT, "请按所列事项补充材料"),
    Outcome.NOT_IN_FORCE: (Side.APPLICANT, "请在受理期内申请"),
}

# By state, where a person's act decides it rather than the outcome.
NEXT_BY_STATE: Mapping[str, tuple[str, str]] = {
    State.SUPPLEMENTED: (Side.SYSTEM, "系统正在重新核对"),
    State.AWAITING_APPROVAL: (Side.BUREAU, "联系单位第二人复签"),
    State.DETERMINED: (Side.BUREAU, "联系单位落实认定结果并走访"),
    State.UNDER_REVIEW: (Side.BUREAU, "联系单位复核"),
    State.WITHDRAWN: (Side.NOBODY, "申请已撤回，无须办理"),
    State.DUPLICATE: (
        Side.NOBODY,
        "同一事项的另一份申请继续办理，不需要再做什么；如不是重复申报，可以申请复核",
    ),
}

# What stands above the tables: a body of its own decides, or the result went against the applicant.
_ABOVE = "联系单位报{0}决策（只有{0}能够决定），并告知结果"
_REVIEW = "；如不同意结果，可以申请复核"
_TOLD_WHY = "联系单位送达认定结果、说明理由"
_ARRIVED = {False: (Side.BUREAU, "联系单位走访"), True: (Side.NOBODY, "已经办完")}
_REOPENED = "原结果已撤销，联系单位重新作出认定"


def decide(  # noqa: PLR0913 -- all that it hangs on, by name
    state: State,
    outcome: str | None,
    assessment: Assessment | None,
    *,
    above: str | None,
    granted: bool | None,
    reopened: bool,
    reviewable: bool,
    visited: bool,
    arrived: bool,
) -> tuple[str, str]:
    """Who acts next, and on what.

    Takes the assessment explained; the name of the body above the bureaus, if only it decides; what
    the determination in force says, if any; whether a review (复核) has set the result aside;
    whether the applicant may ask for a review now; whether the visit has been paid, and the money.
    """
    who, action = NEXT_BY_STATE.get(state, NEXT_STEP[outcome])
    if visited:
        action = action.replace("并走访", "").replace("走访并", "")
    if assessment is None:
        return who, action
    if state is State.AWAITING_DETERMINATION and outcome == Outcome.NEEDS_DETERMINATION:
        points = assessment.waiting
        if above:
            action = _ABOVE.format(above)
        elif points and not assessment.needs_finding:
            who, action = points[0]["who"], points[0]["next"]
            points = points[1:]
        return who, "；".join([action, *(point["next"] for point in points)])
    if state is State.AWAITING_DETERMINATION and reopened:
        return Side.BUREAU, _REOPENED
    refused = any(found["result"] == Truth.FALSE for found in assessment.findings)
    against = outcome in (Outcome.INELIGIBLE, Outcome.REFERRED) and refused
    if state is State.DETERMINED:
        against = granted is False
        if against:
            action = _TOLD_WHY if visited else f"{_TOLD_WHY}并走访"
        elif arrived:
            who, action = _ARRIVED[visited]
    return who, action + (_REVIEW if against and reviewable else "")
