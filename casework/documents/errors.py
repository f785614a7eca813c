"""What can be wrong with a document."""

from __future__ import annotations

from casework.errors import Conflict, Invalid, NotFound, Unavailable
from vocabulary.documents import MOST_DOCUMENTS, DocumentState, FileRefusal


class DocumentNotFound(NotFound):
    """No such document, or not of this application; deliberately one answer."""

    code = "document_not_found"
    title = "没有这份材料"
    message = "没有这份材料，或者它不属于这份申报。"


class DocumentRefused(Invalid):
    """A file that is not taken. `why`: the reason, in words that say what helps."""

    code = "document_refused"
    title = "这个文件没有收下"
    message = "这个文件没有收下。"

    def __init__(self, why: FileRefusal) -> None:
        super().__init__(f"{why.label}。")
        self.why = why


class PaperUnknown(Invalid):
    """None of the papers that this application may be handed."""

    code = "unknown_paper"
    title = "没有这种材料"
    message = "这份申报没有这种材料，请从所列的材料中选择。"


class TooManyDocuments(Conflict):
    """No more can be added."""

    code = "too_many_documents"
    title = "材料太多"
    message = f"一份申报最多 {MOST_DOCUMENTS} 份材料；多页的可以合成一个 PDF，或者先删去不要的。"


class WrongOffset(Conflict):
    """The piece does not begin where the last one ended. `offset`: where it has to."""

    code = "wrong_offset"
    title = "续传的位置不对"
    message = "续传的位置不对，请从已收到的地方接着传。"

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


class DocumentFiled(Conflict):
    """It was handed in with the application: only the bureau's record says so."""

    code = "document_filed"
    title = "材料已随申报提交"
    message = "这份材料已经随申报提交，不能删去；需要更换的，请另交一份。"


class NotTaken(Conflict):
    """Nothing is handed in any more where the application stands."""

    code = "documents_closed"
    title = "现在不能交材料"
    message = "这份申报现在不能再交材料。"


class NotReadable(Conflict):
    """It is stored, and cannot be opened (yet)."""

    code = "document_not_readable"
    title = "这份材料现在不能打开"
    message = "这份材料现在不能打开。"

    def __init__(self, state: DocumentState) -> None:
        super().__init__(f"这份材料现在不能打开：{state.label}。")


class DocumentsBusy(Unavailable):
    """Too many files at once; what has been received is kept."""

    code = "documents_busy"
    title = "正在处理的文件太多"
    message = "正在处理的文件太多，已经传到的部分还在，请稍后再试。"


class PageNotDrawn(Conflict):
    """A page of a PDF that cannot be shown in its place."""

    code = "document_page_not_drawn"
    title = "这一页显示不出来"
    message = "这一页显示不出来：文件可能有毛病，或者内容太多。请下载以后用自己的阅读器打开。"


class DrawingBusy(Unavailable):
    """Too many pages at once."""

    code = "document_drawing_busy"
    title = "正在显示的材料太多"
    message = "正在显示的材料太多，请过几秒再打开这一页，或者下载以后用自己的阅读器打开。"


class StoreAway(Unavailable):
    """The place where files lie does not answer; what has been received is kept."""

    code = "document_store_away"
    title = "文件暂时存不进去"
    message = "文件暂时存不进去，已经传到的部分还在，请稍后再试。"
