"""The publicity list (公示) for everyone: as JSON, and as a page that needs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response
from markupsafe import Markup

from api.auth import public
from api.blueprints import Resource
from api.openapi import described
from api.services import services
from casework.editions import Edition, every
from casework.reporting import publicity
from schemas.kit.answers import schema_of
from schemas.publicity import PublicityPage, PublicityQuerySchema

blueprint = Resource("publicity", __name__, description="公示")

_CACHE: Final = "public, max-age=60"
_STYLE: Final = Markup(
    "body{font-family:sans-serif;margin:2rem auto;max-width:64rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #ccc;padding:.5rem;text-align:left}"
    "td.yuan{text-align:right}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_CSP: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)

# Filled in with Markup.format, which escapes whatever is put in.
_PAGE: Final = Markup(
    """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>公示</title>
<style>{style}</style>
</head>
<body>
<h1>公示</h1>
<p>以下是依据{notices}已决定给予支持的申报，新受理的在前。编号和名称已脱敏。</p>
<form method="get">
<label>条款 <select name="provision"><option value="">全部</option>{options}</select></label>
<button>查看</button>
</form>
<table>
<thead><tr><th>受理编号末位</th><th>申报单位</th><th>措施</th><th>条款</th><th>金额（元）</th>
<th>决定日期</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
{more}
</body>
</html>
"""
)
_NOTICE: Final = Markup("《{title}》（{number}）")
_OPTION: Final = Markup('<option value="{code}"{selected}>（{measure}）{title}</option>')
_ROW: Final = Markup(
    "<tr><td>{grant.receipt_tail}</td><td>{grant.enterprise}</td><td>（{grant.measure}）</td>"
    '<td>{grant.title}</td><td class="yuan">{amount}</td><td>{grant.decided_on}</td></tr>\n'
)
_EMPTY: Final = Markup('<tr><td colspan="6">暂无公示内容。</td></tr>\n')
_MORE: Final = Markup('<p><a href="?{query}">下一页</a></p>')


@blueprint.route("/api/v1/publicity", methods=["GET"])
@blueprint.arguments(PublicityQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, schema_of(PublicityPage), description="公示内容")
@described(
    "公示",
    "已决定给予支持的申报：受理编号末位、脱敏后的名称、条款、金额、决定日期。自然人的名称只留姓氏。",
    refusals=(422, 503),
)
@public
def listing(**filters: Any) -> tuple[PublicityPage, int, Mapping[str, str]]:
    return publicity.list_grants(services().db, **filters), 200, {"Cache-Control": _CACHE}


@blueprint.route("/publicity", methods=["GET"])
@blueprint.arguments(PublicityQuerySchema, location="query", as_kwargs=True)
@blueprint.response(200, description="网页", content_type="text/html")
@described("公示网页", "与公示接口内容相同，供浏览器阅读。", refusals=(422, 503))
@public
def page(**filters: Any) -> Response:
    made = services()
    found = publicity.list_grants(made.db, **filters)
    return Response(
        _html(every(), found, filters.get("provision"), filters.get("limit")),
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _CSP, "Cache-Control": _CACHE},
    )


def _html(
    editions: Sequence[Edition], found: PublicityPage, chosen: str | None, limit: int | None
) -> str:
    texts = [text for edition in editions for text in edition.notice.provisions.items()]
    options = Markup("").join(
        _OPTION.format(
            code=code,
            selected=Markup(" selected") if code == chosen else "",
            measure=known["measure"],
            title=known["title"],
        )
        for code, known in dict(texts).items()  # two notices may have one code
    )
    heads = [edition.notice.content["notice"] for edition in editions]
    rows = Markup("").join(
        _ROW.format(grant=grant, amount="不涉及金额" if grant.amount is None else grant.amount)
        for grant in found.items
    )
    onward = {"provision": chosen, "before": found.next, "limit": limit}
    query = urlencode({name: value for name, value in onward.items() if value})
    return _PAGE.format(
        style=_STYLE,
        notices=Markup("、").join(_NOTICE.format(**head) for head in heads),
        options=options,
        rows=rows or _EMPTY,
        more=_MORE.format(query=query) if found.next else "",
    )
