"""The words of tables that are uploaded to be filed (成批导入)."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class ImportState(Vocabulary):
    """How far an uploaded table has come."""

    CHECKING = "checking", "正在逐行核对"
    CHECKED = "checked", "已核对，还没有受理"
    FILING = "filing", "正在受理"
    DONE = "done", "已办完"
    REFUSED = "refused", "读不下去"  # it is no table of ours; nothing was filed


class ImportPart(Vocabulary):
    """What is kept of an uploaded table."""

    TABLE = "table", "上传的表"
    LOOKED = "looked", "核对结果"
    RECEIPTS = "receipts", "回执"
    REJECTS = "rejects", "退回的行"
