"""What lies on the desks of two bureaus in the morning, and who works there; all of it made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from casework.intake.accept import Accepted
from casework.people import accounts
from tests.support.applications import guarantee_body, tenant_body, uscc
from tests.support.crowd import file_all
from tests.support.fulfilling import give_account, granted, publicity_over
from tests.support.office import Office
from tests.support.packaged import load_application
from tests.support.papers import by_code, hand_in, photo
from tests.support.people import Browser
from vocabulary.people import Role

TENANTS, GUARANTEES = 33, 7
LARGE: Final = 9
"""Which tenant's rent is above what one person may grant; counted from one."""
PAPERS: Final = ("营业执照", "租赁合同", "缴费凭证")


def name_of(number: int) -> str:
    """The tenant with that number."""
    return f"示例店铺{number:02d}（虚构）有限公司"


@dataclass
class Worker:
    """Somebody of a bureau; `browser` holds the second factor, once it was set up."""

    login: str
    bureau: str
    name: str
    roles: tuple[Role, ...]
    browser: Browser = field(default_factory=lambda: Browser(""))

    def begin(self, office: Office, url: str) -> None:
        """An account, its password and its second factor."""
        code = accounts.add(
            office.db, office.settings, bureau=self.bureau, login=self.login, name=self.name,
            roles=self.roles,
        )  # fmt: skip
        self.browser = Browser(url)
        self.browser.set_up(self.login, code)


def staff() -> dict[str, Worker]:
    """Who works on this day, by what they do."""
    return {
        "officer": Worker("test.jia", "sasac", "测试甲", (Role.OFFICER,)),
        "head": Worker("test.bing", "sasac", "测试丙", (Role.SUPERVISOR,)),
        "payer": Worker("test.xin", "finance", "测试辛", (Role.OFFICER,)),
        "colleague": Worker("test.ren", "development_reform", "测试壬", (Role.OFFICER,)),
    }


def grant_earlier(office: Office) -> None:
    """Two grants whose days on the publicity list are over today: the money can go."""
    for number in (1, 2):
        give_account(office, granted(office, number))
    publicity_over(office)


def file_forty(office: Office) -> list[Accepted]:
    """Forty applications in one go: shops that rent for the one bureau, guarantees for the other;
    the first shop has handed in its papers."""
    bodies = [_shop(number) for number in range(1, TENANTS + 1)]
    bodies += [_guarantee(number) for number in range(1, GUARANTEES + 1)]
    filed = file_all(office.db, office.settings, [load_application(each) for each in bodies])
    for number, paper in enumerate(PAPERS):
        content = photo(400, 300, seed=40 * number)
        hand_in(office, by_code(filed[0]), content, paper=paper, name=f"{paper}.jpg")
    return filed


def _shop(number: int) -> dict[str, Any]:
    rent = Decimal(90_000 if number == LARGE else 8_000 + 1_500 * (number % 12))
    body = tenant_body(uscc=uscc(6_000 + number), lease_no=f"示例-{number:02d}", rent=f"{rent:.2f}")
    body["enterprise"]["name"] = name_of(number)
    body["enterprise"]["contact"] = {"name": "测试店长", "phone": f"138000006{number:02d}"}
    body["facts"]["leases"][0] |= {
        "address": f"示例街{number}号（虚构）",
        "owner_name": "示例国有资产公司（虚构）",
    }
    return body


def _guarantee(number: int) -> dict[str, Any]:
    body = guarantee_body(uscc(6_100 + number), 100 + number, Decimal(20_000 + 1_000 * number))
    body["enterprise"]["name"] = f"示例担保{number:02d}（虚构）有限公司"
    return body
