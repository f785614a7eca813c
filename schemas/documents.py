"""Documents that are handed in, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Text, Whole
from vocabulary.documents import LONGEST_NAME, DocumentState, FileKind

_LARGEST: Final = 2**31 - 1


class NewDocumentSchema(StrictSchema):
    """A file that is going to be sent."""

    paper = Text(
        max_length=60, required=True, **about("材料名称", "清单所列之一", example="租赁合同")
    )
    name = Text(max_length=LONGEST_NAME, required=True, **about("文件名", example="合同.jpg"))
    size = Whole(low=0, high=_LARGEST, required=True, **about("字节数", example=204800))


@answer
class Document:
    """One document."""

    id: Annotated[str, about("代码")]
    number: Annotated[int, about("序号", "在本申报中")]
    paper: Annotated[str, about("材料名称")]
    name: Annotated[str, about("文件名", "提交时的")]
    state: Annotated[DocumentState, about("状态代码")]
    state_text: Annotated[str, about("状态", "已收到指已存好并且能够读出")]
    size: Annotated[int, about("字节数", "存好之前为预告的")]
    received: Annotated[int, about("已收到的字节数", "续传从这里接着传")]
    kind: Annotated[FileKind | None, about("类型", "按内容判断，与文件名无关")]
    pages: Annotated[int | None, about("页数", "PDF 的，加密而不可知的没有")]
    thumbnail: Annotated[bool, about("有无缩略图")]
    filed: Annotated[bool, about("是否已随申报提交", "已提交的不能删去")]
    added_at: Annotated[datetime | None, about("存好的时间")]


@answer
class Paper:
    """A paper of the list of what to bring."""

    paper: Annotated[str, about("材料名称")]
    wanted: Annotated[bool, about("是否要求提交", "补正所要求的，或核对还缺的事项出自这份材料")]
    unsettled: Annotated[bool, about("核对时是否要看", "还有没核对清楚的条件，所依据的内容出自它")]
    documents: Annotated[int, about("已提交份数", "含检查中的")]


@answer
class Documents:
    """What to bring, what has been handed in, and how much can be."""

    papers: Annotated[list[Paper], about("需要的材料")]
    items: Annotated[list[Document], about("已提交的材料")]
    open: Annotated[bool, about("现在能不能交", "撤回的和已清除的不能")]
    most_documents: Annotated[int, about("最多份数")]
    most_bytes: Annotated[int, about("每份最大字节数")]
