"""Documents of an application: announced, sent in pieces, looked at, taken back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from flask import Response, request

from api import body, files
from api.auth import limited
from api.blueprints import Resource, Told
from api.etags import InvalidHeader
from api.limits import Limiter
from api.paths import secret
from api.services import services
from casework.documents import handing_in, looking, rows
from casework.documents.errors import DocumentNotFound
from casework.documents.handing_in import ByCode
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import documents as views
from schemas.documents import Document, Documents, NewDocumentSchema
from schemas.kit.format_errors import field_error
from vocabulary.documents import MOST_BYTES
from vocabulary.receipts import normalise

OFFSET: Final = "Upload-Offset"
PIECE_TYPE: Final = "application/offset+octet-stream"
_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)
_OWN: Final = "/applications/<receipt>/documents"
_CASES: Final = "/cases/<receipt>/documents"

blueprint = Resource("documents", __name__, url_prefix="/api/v1", description="材料")


@blueprint.applicant(
    f"GET {_OWN}",
    "列出材料",
    "需要带的材料和已经提交的材料，每份写明状态；已收到指已存好并且能够读出。",
    told=Told(200, Documents, "材料"),
)
def listing(receipt: str, access_code: str) -> Documents:
    made = services()
    return views.of_holder(made.db, made.settings, ByCode(receipt, access_code))


@blueprint.applicant(
    f"POST {_OWN}",
    "预告材料",
    "预告一份照片（JPEG、PNG、HEIC）或 PDF，每份不超过 20 MB，一份申报最多 40 份；"
    "随后把内容用 PATCH 发到 Location，可以分段、断点续传。",
    takes=NewDocumentSchema(),
    conflicts=True,
    told=Told(201, Document, "可以开始上传"),
)
@limited(Limiter.document)
def begin(
    receipt: str, access_code: str, paper: str, name: str, size: int
) -> tuple[Document, int, Mapping[str, str]]:
    made = services()
    holder = ByCode(receipt, access_code)
    begun = handing_in.begin(made.db, made.settings, holder, paper=paper, name=name, size=size)
    at = f"{made.settings.public_url}/api/v1/applications/{normalise(receipt)}/documents"
    return views.shown(begun), 201, {"Location": f"{at}/{begun.handle}", OFFSET: "0"}


@blueprint.applicant(
    f"GET {_OWN}/<document>",
    "查看一份材料的状态",
    "received（响应头 Upload-Offset）为已收到的字节数，连接中断后从这里接着传；也可以用 HEAD。",
    told=Told(200, Document, "状态"),
)
def standing(
    receipt: str, access_code: str, document: str
) -> tuple[Document, int, Mapping[str, str]]:
    made = services()
    holder = ByCode(receipt, access_code)
    return _told(handing_in.standing(made.db, made.settings, holder, _handle(document)))


@blueprint.applicant(
    f"PATCH {_OWN}/<document>",
    "上传内容",
    f"请求体为文件内容的一段（Content-Type: {PIECE_TYPE}），响应头 {OFFSET} 写明从哪个字节开始；"
    "最后一段收到后当即检查、存好、读回。位置不对答复 409，用 HEAD 查明后重传；"
    "不能收的文件答复 422 并说明办法。",
    conflicts=True,
    told=Told(200, Document, "状态"),
)
def receive(
    receipt: str, access_code: str, document: str
) -> tuple[Document, int, Mapping[str, str]]:
    made = services()
    body.require_type(request, PIECE_TYPE, "文件内容")
    read = body.reader(request, MOST_BYTES)
    return _told(
        handing_in.receive(
            made.db,
            made.settings,
            ByCode(receipt, access_code),
            _handle(document),
            _offset(),
            read,
        )
    )


@blueprint.applicant(
    f"DELETE {_OWN}/<document>",
    "删去材料",
    "只能删去还没有随申报或补正提交的材料。",
    conflicts=True,
    told=Told(204, None, "已删去"),
)
def remove(receipt: str, access_code: str, document: str) -> Response:
    made = services()
    holder = ByCode(receipt, access_code)
    handing_in.remove(made.db, made.settings, holder, _handle(document))
    return Response(status=204)


@blueprint.applicant(
    f"GET {_OWN}/<document>/content",
    "下载材料",
    "存好的内容；照片已转正并去掉拍摄信息。检查中和已隔离的不能打开。",
    conflicts=True,
    told=Told(200, None, "文件"),
)
def content(receipt: str, access_code: str, document: str) -> Response:
    made = services()
    holder = ByCode(receipt, access_code)
    return files.send(handing_in.opened(made.db, made.settings, holder, _handle(document)))


@blueprint.applicant(
    f"GET {_OWN}/<document>/thumbnail",
    "缩略图",
    "照片的缩略图（JPEG）；PDF 没有。",
    conflicts=True,
    told=Told(200, None, "图片"),
)
def thumbnail(receipt: str, access_code: str, document: str) -> Response:
    made = services()
    holder = ByCode(receipt, access_code)
    found = handing_in.opened(made.db, made.settings, holder, _handle(document), small=True)
    return files.send(found, inline=True)


@blueprint.officer(
    f"GET {_CASES}",
    Right.READ_DOCUMENT,
    "列出案件的材料",
    "本单位牵头或被抄送的案件的材料；查阅会记录。",
    told=Told(200, Documents, "材料"),
)
def of_case(principal: Principal, receipt: str) -> Documents:
    return views.of_case(services().db, principal, receipt)


@blueprint.officer(
    f"GET {_CASES}/<document>/content",
    Right.READ_DOCUMENT,
    "下载案件的材料",
    "每次查阅都记录案件和材料的序号；检查中和已隔离的不能打开。",
    conflicts=True,
    told=Told(200, None, "文件"),
)
def content_of_case(principal: Principal, receipt: str, document: str) -> Response:
    made = services()
    found = looking.open_of_case(made.db, made.settings, principal, receipt, _handle(document))
    return files.send(found)


@blueprint.officer(
    f"GET {_CASES}/<document>/thumbnail",
    Right.READ_DOCUMENT,
    "案件材料的缩略图",
    "照片的缩略图（JPEG）；查阅会记录。",
    conflicts=True,
    told=Told(200, None, "图片"),
)
def thumbnail_of_case(principal: Principal, receipt: str, document: str) -> Response:
    made = services()
    found = looking.open_of_case(
        made.db, made.settings, principal, receipt, _handle(document), small=True
    )
    return files.send(found, inline=True)


def _told(document: rows.Document) -> tuple[Document, int, Mapping[str, str]]:
    return views.shown(document), 200, {OFFSET: str(document.received)}


def _handle(given: str) -> str:
    return secret(given, DocumentNotFound)


def _offset() -> int:
    given = request.headers.get(OFFSET, "")
    if not _NUMBER.fullmatch(given):
        fault = field_error("", "invalid_offset")
        raise InvalidHeader(fault.message, [fault])
    return int(given)
