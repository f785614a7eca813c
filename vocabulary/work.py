"""The words of the work ledger. Commands say them as they stand, the desk says `STAGE_TEXTS`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """What a work item asks for.

    Its subject: application, application, delivery, visit, application, digest, export, the first
    row of a block, application, file, uploaded table.
    """

    ASSESS = "assess"
    DETERMINE = "determine"  # without a person, where local practice permits it
    NOTIFY = "notify"
    REMIND = "remind"  # a day in the plan, then the reminder
    CHASE = "chase"  # promised days that come near or have passed
    DIGEST = "digest"
    EXPORT = "export"  # one is made; later it is cleared away
    ROTATE = "rotate"  # a block of rows is encrypted under the newest key
    PURGE = "purge"  # what is kept no longer of an application
    SCAN = "scan"  # a file that nobody may open before
    IMPORT = "import"  # an uploaded table is checked, then filed; later it is taken away
    CANARY = "canary"  # to arrive: see casework.work.canary


STAGE_TEXTS: Final[Mapping[str, str]] = {
    Stage.ASSESS: "核对",
    Stage.DETERMINE: "自动认定",
    Stage.NOTIFY: "发消息",
    Stage.REMIND: "排期和提醒",
    Stage.CHASE: "催办",
    Stage.DIGEST: "每日汇总",
    Stage.EXPORT: "导出",
    Stage.ROTATE: "更换密钥",
    Stage.PURGE: "到期清除",
    Stage.SCAN: "查毒",
    Stage.IMPORT: "成批导入",
    Stage.CANARY: "巡检",
}


class Queue(StrEnum):
    """A queue of the broker; a worker process listens to each."""

    ASSESS = "assess"
    NOTIFY = "notify"
    REMIND = "remind"
    EXPORT = "export"
