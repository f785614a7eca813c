"""The words of documents that are handed in: where one stands, of what kind it is, its limits."""

from __future__ import annotations

from typing import Final, Self

from vocabulary.base import Vocabulary

MOST_BYTES: Final = 20 * 1024 * 1024
"""Of one document; page, application and proxy have the same limit."""
MOST_DOCUMENTS: Final = 40
"""Of one application or draft."""
MOST_PIXELS: Final = 65_000_000
MOST_PAGES: Final = 300
LONGEST_NAME: Final = 200
OTHER: Final = "其他材料"
"""What is handed in as none of the papers that the form names."""


class DocumentState(Vocabulary):
    """Where a document stands. Only one that is `READY` can be opened by anybody."""

    RECEIVING = "receiving", "未传完"
    CHECKING = "checking", "检查中"  # stored, and not yet scanned
    READY = "ready", "已收到"  # stored, read back, and scanned where there is a scanner
    INFECTED = "infected", "有风险，已隔离"
    LOST = "lost", "保存出错，请重新提交"

    @property
    def is_handed_in(self) -> bool:
        """Whether it counts as handed in; what waits to be scanned does."""
        return self in (DocumentState.CHECKING, DocumentState.READY)


class FileKind(Vocabulary):
    """What is stored, by media type. `extension`: of the name it is given."""

    extension: str

    def __new__(cls, value: str, label: str = "", extension: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label, member.extension = label, extension
        return member

    JPEG = "image/jpeg", "照片", "jpg"
    PNG = "image/png", "图片", "png"
    PDF = "application/pdf", "PDF 文件", "pdf"


class FileRefusal(Vocabulary):
    """Why a file is not taken, in words that say what helps."""

    KIND = "document_kind", "只能交照片（JPG、PNG、HEIC）或 PDF；请换成这几种再交"
    EMPTY = "document_empty", "这是一个空文件；请重新选择"
    TOO_LARGE = "document_too_large", "超过 20 MB；照片可以调低清晰度重拍，PDF 可以分成几份"
    LOCKED = "document_locked", "这个 PDF 要输入密码才能打开；请另存一份不加密的再交"
    BROKEN = "document_broken", "文件打不开，可能没有传完整或已损坏；请重新拍照或另存一份再交"
    PIXELS = "document_pixels", "照片的尺寸太大；请调低清晰度重拍，或者截图后再交"
    PAGES = "document_pages", f"PDF 超过 {MOST_PAGES} 页；请分成几份再交"
