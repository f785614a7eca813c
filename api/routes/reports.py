"""Numbers for bureaus, auditors and administrators: one route per report."""

from __future__ import annotations

from typing import Any, Final, get_type_hints

from api.blueprints import Resource, Told
from api.services import services
from casework.people.access import Principal
from casework.people.rights import Right
from casework.reporting.reports import REPORTS
from casework.reporting.scope import Scope, bureau_for
from schemas.reports import Report, ReportQuerySchema

blueprint = Resource("reports", __name__, url_prefix="/api/v1", description="统计")

_SENDERS: Final = "senders"
_WHOSE: Final = "本单位牵头的申报；审计和管理员可看全部单位。按受理日期筛选。"
_SEEN_BY: Final = {
    "fulfilment": "本单位牵头或兑现的；审计和管理员可看全部单位。按受理日期筛选。",
}
_DESCRIBED: Final = {
    "intake": ("受理情况", "受理件数，按单位、条款、受理途径和日期。"),
    "outcomes": ("核对结果", "件数，按单位和条款，再按核对结果和状态。"),
    "amounts": ("金额", "准予和在办的件数与金额，按单位和条款。在办金额是目前按规则算得的数。"),
    "fulfilment": (
        "兑现",
        "准予的款项走到哪一步：件数和金额，按单位、条款和兑现单位；每件、每元只计一次，含复核中的。",
    ),
    "times": ("办理时长", "自受理到首次决定的工作日数，按单位和条款；补正期间计入。"),
    "overdue": ("逾期", "现在已过承诺期限的事项，按单位；期限均为本地做法，补正期间不计。"),
    "visits": ("走访覆盖", "应走访的企业中已走访、已安排和未安排的家数，按单位。"),
    "satisfaction": ("满意度", "申报单位评价的人次和平均分，按单位和条款。"),
    _SENDERS: (
        "申报渠道",
        "各申报渠道提交的件数，按核对结果和状态，以及准予、不予和在办的件数；测试件不计。",
    ),
}
_OWN: Final = "持申报渠道令牌的系统只看到自己提交的，不分牵头单位。"
_WHOLE: Final = (
    "各措施的预算（本地做法）、已准予、已兑现、余额、在办和按近20个工作日推算的用完日期。"
    "预算由各单位合用：总是全部单位、全部时间的合计，不按条件筛选。"
)


def _add(name: str) -> None:
    """One report's route: who asks decides whose numbers."""
    read = REPORTS[name]
    title, words = _DESCRIBED.get(name, ("预算", _WHOLE))

    def view(principal: Principal, **asked: Any) -> Report:
        made = services()
        wanted = asked.pop("bureau", None)
        if principal.system is not None:
            scope = Scope(bureau=wanted, client=principal.system, **asked)
        else:
            scope = Scope(bureau=bureau_for(principal, wanted), **asked)
        return read(made.db, made.settings, scope)

    view.__name__ = name
    blueprint.officer(
        f"GET /reports/{name}",
        Right.READ_SENDERS if name == _SENDERS else Right.READ_REPORTS,
        title,
        words + _SEEN_BY.get(name, _WHOSE) * (name in _DESCRIBED) + _OWN * (name == _SENDERS),
        query=ReportQuerySchema,
        told=Told(200, get_type_hints(read)["return"], title),
    )(view)


for _name in REPORTS:
    _add(_name)
