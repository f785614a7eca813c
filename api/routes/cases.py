"""A bureau's cases, and recording what officials found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api import etags
from api.blueprints import Resource, Told, Version
from api.etags import Tagged
from api.services import services
from casework.acts import findings
from casework.docket.desk import Versions
from casework.people.access import Principal
from casework.people.rights import Right
from casework.reporting import exports
from casework.reporting.scope import Scope
from casework.views import cases, numbers
from casework.views.case_filter import Wanted
from casework.views.case_selection import Order
from schemas.cases import Case, CasePage, CaseQuerySchema
from schemas.exports import ListExportSchema, NewExport
from schemas.findings import Finding, FindingsSchema, Recorded
from schemas.numbers import DEFAULT_DAYS, BureauNumbers, NumbersQuerySchema
from vocabulary.receipts import normalise

blueprint = Resource("cases", __name__, url_prefix="/api/v1", description="案件（责任单位）")


@blueprint.officer(
    "GET /cases",
    Right.LIST_CASES,
    "列出案件",
    "本单位牵头或被抄送的案件。不指定 sort 时新的在前；按 cursor 翻页。"
    "overdue、due_soon、due_before、duplicate 和按期限排序只看还有事要办的案件。查阅会记录。",
    query=CaseQuerySchema,
    told=Told(200, CasePage, "本单位的案件"),
)
def listing(principal: Principal, **filters: Any) -> CasePage:
    made = services()
    paging = {name: filters.pop(name, None) for name in ("before", "limit")}
    order = Order.parse(filters.pop("sort", None), filters.pop("cursor", None))
    return cases.list_cases(
        made.db,
        made.settings,
        principal,
        order=order,
        with_totals=filters.pop("totals", False),
        wanted=Wanted(**filters),
        **paging,
    )


@blueprint.officer(
    "GET /cases/numbers",
    Right.LIST_CASES,
    "本单位的件数",
    "还有事要办的、已逾期的、还没有指派的，现在的和每天开始时的；近7天受理的。件数与按同样条件筛选的列表相同。",
    query=NumbersQuerySchema,
    told=Told(200, BureauNumbers, "本单位的件数"),
)
def counted(principal: Principal, days: int = DEFAULT_DAYS) -> BureauNumbers:
    made = services()
    return numbers.read(made.db, made.settings, principal, days)


@blueprint.officer(
    "POST /cases/exports",
    Right.EXPORT,
    "导出列表",
    "按列表的筛选和排序导出，行与列表完全一致；以提出时的案件为准。下载地址只显示这一次。",
    takes=ListExportSchema(),
    conflicts=True,
    told=Told(202, NewExport, "已受理，随后生成"),
)
def export(
    principal: Principal,
    kind: str,
    sort: str | None = None,
    columns: Sequence[str] | None = None,
    **filters: Any,
) -> tuple[NewExport, int, Mapping[str, str]]:
    made, most = services(), exports.MOST_NAMED + 1
    found = cases.matching(
        made.db, made.settings, principal, Wanted(**filters), Order.parse(sort), most
    )
    scope = Scope(bureau=principal.bureau)
    asked = exports.request(made.db, made.settings, principal, scope, kind, found, columns)
    return asked, 202, {"Location": asked.status_url}


@blueprint.officer(
    "GET /cases/<receipt>",
    Right.READ_CASE,
    "查看案件",
    "申报内容、核对结果和理由、经过、认定意见、办理情况。不属于本单位的案件与不存在的答复相同；"
    "查阅会记录。答复的 ETag 是版本，办理时在 If-Match 中写明。",
    told=Told(200, Case, "案件"),
)
def read(principal: Principal, receipt: str) -> Tagged[Case]:
    made = services()
    return etags.tagged(cases.read(made.db, made.settings, principal, receipt))


@blueprint.officer(
    "POST /cases/<receipt>/findings",
    Right.RECORD_FINDING,
    "记录认定意见",
    "对须由人认定的条件记录结果和理由；同一条件和项目以最后一次为准。记录后自动重新核对。"
    "只有通知数据所列的认定单位可以记录；由系统核对而记录不会生效的，答复 422 并说明。",
    takes=FindingsSchema(),
    version=Version.REQUIRED,
    told=Told(202, Recorded, "已记录，随后重新核对"),
)
def record(
    principal: Principal, receipt: str, versions: Versions, found: list[Finding]
) -> tuple[Recorded, int, dict[str, str]]:
    made = services()
    number = normalise(receipt)
    recorded = findings.record(made.db, principal, number, found, versions=versions)
    case_url = f"{made.settings.public_url}/api/v1/cases/{number}"
    told = Recorded(receipt=number, recorded=recorded, case_url=case_url)
    return told, 202, {"Location": case_url}
