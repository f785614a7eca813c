"""The desk's navigation: an address, its name, and the right without which it is not shown."""

from __future__ import annotations

from typing import Final, NamedTuple

from casework.people.access import Principal
from casework.people.rights import Right


class Entry(NamedTuple):
    """A line of the navigation."""

    address: str
    name: str
    right: Right


_ADMIN: Final = "/desk/admin/accounts"
MENU: Final = (
    Entry("/desk/", "待办", Right.LIST_CASES),
    Entry("/desk/cases", "全部案件", Right.LIST_CASES),
    Entry("/desk/approvals", "复签", Right.APPROVE),
    Entry("/desk/import", "成批导入", Right.IMPORT),
    Entry("/desk/visits", "走访", Right.READ_VISITS),
    Entry("/desk/requests", "诉求", Right.READ_REQUESTS),
    Entry("/desk/payments", "兑现", Right.READ_PAYMENTS),
    Entry("/desk/objections", "异议", Right.READ_OBJECTIONS),
    Entry("/desk/reports", "统计", Right.READ_REPORTS),
    Entry("/desk/admin/trail", "审计", Right.READ_AUDIT),
    Entry(_ADMIN, "管理", Right.ADMINISTER),
    Entry("/desk/admin/operations", "运行情况", Right.OPERATE),
)


def first_of(principal: Principal) -> str:
    """The first page that somebody may open."""
    own = (each.address for each in MENU if principal.may(each.right))
    return next(own, "/desk/account")


def section_of(path: str) -> str:
    """Below which entry of the menu a page lies; "" if below none."""
    own = (each.address for each in MENU if f"{path}/".startswith(f"{each.address}/"))
    return next(own, _ADMIN if path.startswith("/desk/admin/") else "")
