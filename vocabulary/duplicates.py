"""What is said where an application is closed as a duplicate: of it, and of the other one."""

from __future__ import annotations

from typing import Final

CLOSED: Final = (
    "{bureau}看到本单位就同一事项申报了不止一次，由受理编号{other}的申请继续办理，这一份了结：{reason}。"
    "填报的内容和材料都保留，不会因为多报一次少算，走访也按那一份安排，不需要再做什么。"
    "如果不是重复申报，可以凭查询码申请复核，由另外的人答复"
)
GOES_ON: Final = (
    "{bureau}已将受理编号{other}的申请按重复申报了结，由本申请继续办理；那一份的材料仍可查看"
)
