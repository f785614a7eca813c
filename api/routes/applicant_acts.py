"""What the applicant does after submitting: supplement, withdraw, ask for a review, rate."""

from __future__ import annotations

from functools import partial
from typing import Final

from api.acts import applicant_act
from api.blueprints import Resource
from casework.acts import rating, review, supplement, withdraw
from schemas import acts as sent

blueprint = Resource(
    "applicant_acts", __name__, url_prefix="/api/v1", description="申报后的办理（申报单位）"
)
_act: Final = partial(applicant_act, blueprint)

_act("supplement", sent.SupplementAnswerSchema(), supplement.answer)(
    "补正",
    "只能修改要求补正的事项；整份申报按申报表重新检查，然后重新核对。",
    done="已补正，随后重新核对",
)

_act("withdrawal", sent.WithdrawalSchema(), withdraw.withdraw)(
    "撤回申报",
    "认定生效前可以撤回；撤回后不再办理。",
    done="已撤回",
)

_act("review", sent.ReasonSchema(), review.request)(
    "申请复核",
    "不同意核对、认定或转介的结果的，可以申请复核，由未参与原认定的主管答复。",
    done="已申请复核",
)

_act("rating", sent.RatingSchema(), rating.rate)(
    "评价",
    "分五等，每份申报评价一次；不满意和非常不满意的，由牵头单位限期回访。",
    done="已评价",
)
