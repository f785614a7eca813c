"""The words of exports (导出)."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class ExportFormat(Vocabulary):
    """What kind of file an export is."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel 工作簿"


class ExportColumn(Vocabulary):
    """What of a case an export holds; a few are two or three columns of the file. Number, name and
    code of the enterprise begin every row."""

    DUE = "due", "期限"
    PROVISION = "provision", "措施"
    AMOUNT = "amount", "金额"
    WAITS = "waits", "还要认定"
    STANDING = "standing", "状态"
    ASSIGNEE = "assignee", "经办"
    RECEIVED = "received", "受理时间"
    IDENTITY = "identity", "身份核实"
    DECIDED = "decided", "决定时间"
    LEAD = "lead", "牵头单位"
    VISIT = "visit", "走访"


class ExportState(Vocabulary):
    """How far an export has come."""

    PENDING = "pending", "生成中"
    READY = "ready", "可下载"
    EXPIRED = "expired", "已过期"  # its content is gone


class ExportStanding(Vocabulary):
    """How far an export has come, as it is shown: that it failed stands in the ledger, not in its
    row."""

    PENDING = ExportState.PENDING.value, ExportState.PENDING.label
    READY = ExportState.READY.value, ExportState.READY.label
    EXPIRED = ExportState.EXPIRED.value, ExportState.EXPIRED.label
    FAILED = "failed", "未能生成"
