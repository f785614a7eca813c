"""Somebody at the portal with everything in hand: a screening, a draft, an application.

Made without a browser; a browser is given the same cookies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from flask import Flask
from playwright.sync_api import BrowserContext

from casework.intake.accept import Accepted
from tests.support import fulfilling
from tests.support.applications import tenant_body, uscc
from tests.support.form_pages import FormPages
from tests.support.fulfilled import asked, objected
from tests.support.ledgers import scalar
from tests.support.office import Office, decide
from tests.support.packaged import PACKAGED, example
from web.parts.forms import typed
from web.parts.forms.of_schema import form_of
from web.portal import profile
from web.portal.profile import Profile

TENANT: Final = "m01_tenant"
LONG: Final = "北京市测试用名称特别长有限责任公司" * 6 + "ABCDEFGHIJKLMNOP"
"""A name as long as a form takes, without a place to break it."""
SAID: Final = {
    "/enterprise/kind": "enterprise",
    "/enterprise/registered_in": "xicheng",
    "/enterprise/taxed_in": "xicheng",
    "/facts/leases/0/owner": "district_soe",
    "/facts/leases/0/premises_district": "xicheng",
    "/enterprise/industry": "catering",
    "/enterprise/employees": "30人",
    "/enterprise/revenue": "8,000,000",
    "/facts/dismissed": "0",
    "/facts/operation": "closed_by_rule",
    "/facts/leases/0/use": "production",
    "/facts/leases/0/lease_form": "direct",
    "/facts/leases/0/lease_no": "租2019-008",
    "/facts/leases/0/starts_on": "2019-1-1",
    "/facts/leases/0/ends_on": "20211231",
    "/facts/leases/0/rent_basis": "month",
    "/facts/leases/0/rent": "40,000元",
}
"""What a noodle shop answers in a screening: it rents from the district, and is told its sum."""
QUESTIONS: Final = ("kind", "place", "premises", "industry", "size", "staff", "use", "term", "rent")

PUBLIC: Final = (
    "/",
    "/measures/m01",
    "/contacts",
    "/contacts?q=国资委",
    "/publicity",
    "/privacy",
    "/accessibility",
    "/apply",
    f"/apply/{TENANT}",
    "/apply/resume",
    "/status",
    "/status/new-code",
    "/mine",
    "/screen",
    "/screen/premises",
    "/screen/rent",
    "/screen/result",
)
FORM: Final = (
    f"/apply/{TENANT}/enterprise",
    f"/apply/{TENANT}/facts",
    f"/apply/{TENANT}/leases",
    f"/apply/{TENANT}/leases?checked=1",
    f"/apply/{TENANT}/materials",
    f"/apply/{TENANT}/check",
    f"/apply/{TENANT}/later",
)
CASE: Final = (
    "/receipt",
    "/status",
    "/status/supplement",
    "/status/documents",
    "/status/contact",
    "/status/ask",
    "/status/withdraw",
    "/status/deletion",
    "/status/data",
)
GRANTED: Final = ("/status", "/status/notice", "/status/review", "/status/rate")
PAID: Final = (
    "/status",
    "/status/account",
    "/status/account-confirmation",
    "/publicity/{grant}/objection",
    "/objections/{unreached}",
    "/objections/{objection}",
)
"""Of a subsidy on its way, and of strangers who object to it; addresses as `Visitor.named` says."""


@dataclass
class Visitor:
    """A browser's cookies without the browser; `named`: what addresses of pages name."""

    pages: FormPages
    named: dict[str, str] = field(default_factory=dict)

    def address(self, path: str) -> str:
        """The address of a page of theirs."""
        return path.format(**self.named)

    def lend(self, context: BrowserContext, base_url: str) -> None:
        """Give the cookies to a real browser."""
        held = (self.pages.client._cookies or {}).values()
        context.add_cookies(
            [{"name": each.key, "value": each.value, "url": base_url} for each in held]
        )


def visitor(app: Flask) -> Visitor:
    """Somebody who has come to the first page."""
    made = Visitor(FormPages(app.test_client()))
    made.pages.open("/status")
    return made


def has_screened(who: Visitor) -> None:
    """Let them have answered a screening."""
    said = Profile(("tenant",), SAID, QUESTIONS)
    who.pages.client.set_cookie(profile.COOKIE, said.written())


def answers(step: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
    """What an application answers on a step, as its page sends it: the published example's."""
    form = form_of(PACKAGED.notice, TENANT)
    assert form is not None
    told = typed.as_typed(form, given or example(TENANT))
    own = {
        name: text.split("\n")
        for name, text in told.items()
        if (found := form.step_of(name.removesuffix("#"))) and found.code == step
    }
    return {**own, "live": "1"}


def has_draft(who: Visitor) -> None:
    """Let them have filled in a form that is not submitted yet."""
    who.pages.begin(TENANT)
    for step in ("enterprise", "facts", "leases"):
        who.pages.send(f"/apply/{TENANT}/{step}", answers(step))


def has_filed(who: Visitor, filed: Accepted) -> None:
    """Let them have entered number and code of an application."""
    who.pages.open("/status")
    who.pages.send("/status", {"receipt": filed.receipt, "code": filed.access_code})


def incomplete(office: Office) -> Accepted:
    """An application with the longest of names that lacks its rent."""
    body = tenant_body(uscc=uscc(861))
    body["enterprise"]["name"] = LONG
    del body["facts"]["leases"][0]["rent"]
    return office.submit(body)


def granted(office: Office) -> Accepted:
    """An application that was granted."""
    filed = office.submit(uscc=uscc(862))
    decide(office, filed.receipt)
    return filed


def has_a_grant_objected(who: Visitor, office: Office) -> None:
    """Let them be granted a subsidy, with an account to confirm; two strangers object to it."""
    filed = fulfilling.granted(office, filed="测试银行西城支行 6222000000000001")
    has_filed(who, filed)
    who.named |= {
        "grant": scalar(office.db, "SELECT handle FROM fulfilment"),
        "objection": objected(office),
        "unreached": asked(office, LONG, "13800000008"),
    }
