"""How an application stands, in one sentence for who filed it."""

from __future__ import annotations

from typing import NamedTuple

from schemas.status import Status
from vocabulary.cases import ReviewState, State
from vocabulary.outcomes import Outcome
from web.parts.writing import yuan


class Standing(NamedTuple):
    """The sentence and its mark: wait, good, off or to."""

    says: str
    mark: str


def standing(found: Status) -> Standing:
    """Where it stands: a person's word before the rules', the rules' never as a promise."""
    if found.state is State.DUPLICATE:
        return Standing(
            f"这件事申报了不止一次，由{found.duplicate_of}那份继续办理，这一份了结了，不用再做什么。",
            "to",
        )
    if found.state in _FIXED:
        return _FIXED[found.state]
    ruling = found.determination
    reviewed = found.review.state if found.review else None
    is_upheld = reviewed is ReviewState.UPHELD
    if ruling is not None and found.state is State.DETERMINED:
        if not ruling.granted:
            stands = "复核维持了原结果" if is_upheld else "这次没有通过"
            return Standing(f"{stands}。{ruling.bureau_name}的理由：{ruling.reason}", "off")
        much = f"，准予{yuan(ruling.amount)}" if ruling.amount is not None else ""
        return Standing(f"{ruling.bureau_name}已经认定：通过{much}。", "good")
    if found.supplement is not None or found.outcome is Outcome.INCOMPLETE:
        asked = found.supplement
        count = len(asked.fields) + len(asked.documents) if asked else 0
        return Standing(f"还差{f'{count}项' if count else '材料'}，补上就能接着办。", "wait")
    lead = found.bureaus.lead.bureau_name if found.bureaus else "责任单位"
    if found.state is State.REFERRED:
        return Standing(f"这件事已转给{lead}对接。", "to")
    if found.state is State.AWAITING_DETERMINATION and reviewed is ReviewState.REOPENED:
        return Standing(f"复核撤销了原来的结果，{lead}重新认定。", "wait")
    if found.outcome is Outcome.INELIGIBLE:
        against = "按所填内容核对，有条件不符合"
        said = f"复核维持了原结果：{against}。" if is_upheld else f"{against}；{lead}会联系您说明。"
        return Standing(said, "off")
    if found.outcome is Outcome.NOT_IN_FORCE:
        return Standing("现在不在受理期内。", "off")
    # Nothing yet, while every line waits for somebody to look: no sum to tell.
    much = f"暂算{yuan(found.amount)}，认定后才算准予。" if found.amount else ""
    return Standing(f"材料齐了，等{lead}认定。{much}", "wait")


def is_denied(found: Status) -> bool:
    """Whether it comes to nothing here: by a person's word, or by the rules' alone."""
    if found.determination is not None:
        return not found.determination.granted
    if found.state not in (State.DECIDED, State.REFERRED) or found.outcome is None:
        return False
    # What was referred without saying where else is in good hands: somebody calls.
    elsewhere = bool(found.assessment and found.assessment.referrals)
    return found.outcome.is_closed and (found.outcome is not Outcome.REFERRED or elsewhere)


_FIXED = {
    State.RECEIVED: Standing("申请已经收到，正在核对。", "wait"),
    State.SUPPLEMENTED: Standing("补充的内容已经收到，正在重新核对。", "wait"),
    State.AWAITING_APPROVAL: Standing("经办人已提出意见，等第二个人复核签字。", "wait"),
    State.UNDER_REVIEW: Standing("您申请了复核，由另外的人答复，结果还没有出来。", "wait"),
    State.WITHDRAWN: Standing("申请已经撤回，不再办理。", "off"),
}
