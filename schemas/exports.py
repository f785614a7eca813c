"""Exports of cases (导出) on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from marshmallow import fields

from schemas.cases import SORT, CaseFilterSchema
from schemas.kit.answers import answer
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice
from schemas.kit.filters import NamedByNotice, OfNotice
from schemas.kit.paging import one_of
from schemas.reports import ReportQuerySchema
from vocabulary.cases import State
from vocabulary.exports import ExportColumn, ExportFormat, ExportStanding, ExportState
from vocabulary.outcomes import Outcome


def _columns() -> BoundedList:
    return BoundedList(
        Choice(ExportColumn),
        least=1,
        most=len(ExportColumn),
        **about("列", "受理编号、申报单位和统一社会信用代码总在最前；次序固定；不填为全部"),
    )


class ExportRequestSchema(ReportQuerySchema):
    """An export of cases."""

    bureau = NamedByNotice(
        OfNotice.BUREAU, **about("单位代码", "不填为本单位；审计可填任一单位，不填为全部")
    )
    format = Choice(ExportFormat, required=True, attribute="kind", **about("文件格式"))
    state = fields.String(validate=one_of(State), **about("状态代码"))
    outcome = fields.String(validate=one_of(Outcome), **about("结果代码"))
    columns = _columns()


class ListExportSchema(CaseFilterSchema):
    """An export of exactly what a list of cases shows."""

    format = Choice(ExportFormat, required=True, attribute="kind", **about("文件格式"))
    sort = SORT
    columns = _columns()


@answer
class Export:
    """How far an export has come."""

    id: Annotated[int, about("编号")]
    state: Annotated[str, about("状态代码", words=ExportStanding)]
    format: Annotated[ExportFormat, about("文件格式")]
    filters: Annotated[Mapping[str, str], about("筛选条件")]
    rows: Annotated[int | None, about("行数")]
    bytes: Annotated[int | None, about("字节数")]
    requested_at: Annotated[datetime, about("提出时间")]
    ready_at: Annotated[datetime | None, about("生成时间")]
    expires_at: Annotated[datetime | None, about("下载期限")]


@answer
class NewExport:
    """An export just asked for."""

    id: Annotated[int, about("编号")]
    state: Annotated[ExportState, about("状态代码", words=ExportStanding)]
    count: Annotated[int | None, about("件数", "导出列表时提出时的件数")]
    status_url: Annotated[str, fields.Url, about("进度地址")]
    download_url: Annotated[
        str, fields.Url, about("下载地址", "只显示这一次；持有者即可下载，过期失效")
    ]
