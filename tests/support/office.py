"""People of bureaus and applications on their desks, for tests of casework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from casework.acts import determine
from casework.acts.determination import Determined
from casework.acts.determine import Decision
from casework.decision import assess
from casework.intake import accept
from casework.operations import business_time
from casework.people import tokens
from casework.people.access import Principal
from casework.views import cases, status
from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, scalar
from tests.support.packaged import load_application
from tests.support.wire import wire
from vocabulary.people import Role
from vocabulary.zone import CHINA

OFFICER = Principal("sasac", Role.OFFICER, "测试甲")
COLLEAGUE = Principal("sasac", Role.OFFICER, "测试乙")
HEAD = Principal("sasac", Role.SUPERVISOR, "测试丙")
SECOND_HEAD = Principal("sasac", Role.SUPERVISOR, "测试丁")
AUDITOR = Principal("sasac", Role.AUDITOR, "测试戊")
STRANGER = Principal("education", Role.SUPERVISOR, "测试己")
RENT = "60000.00"
"""What the rules compute for `tenant_body`: two months of 30,000 yuan."""
YES = Decision(granted=True, amount=Decimal(RENT), reason="经核属实")


@dataclass
class Office:
    """A database with people around it."""

    db: Database
    settings: Settings

    def employ(self, *people: Principal) -> None:
        """Let them be persons of their bureaus, as far as the accounts know."""
        for who in people:
            tokens.create(self.db, self.settings, bureau=who.bureau, role=who.role, label=who.label)

    def go_to(self, day: date) -> None:
        """Nine in the morning of that day; later on that day, as it is."""
        moment, now = datetime.combine(day, time(9, 0, 5), CHINA), business_time.now(self.db)
        if now.date() != day or now < moment:
            business_time.advance(self.db, self.settings, moment - now)

    def submit(self, body: dict[str, Any] | None = None, **changes: Any) -> accept.Accepted:
        """An application, assessed."""
        submission = load_application(body or tenant_body(**changes))
        accepted = filing.accept(self.db, self.settings, submission)
        self.assess()
        return accepted

    def assess(self) -> None:
        """Do what the assessing workers would do now."""
        assess.run(self.db, self.settings, claim_ids(self.db, self.settings, Stage.ASSESS))

    def assess_all(self) -> None:
        """Assess until nothing follows from it any more."""
        while ids := claim_ids(self.db, self.settings, Stage.ASSESS):
            assess.run(self.db, self.settings, ids)

    def case(self, receipt: str, who: Principal = OFFICER) -> dict[str, Any]:
        """The case as somebody of a bureau reads it."""
        return wire(cases.read(self.db, self.settings, who, receipt))

    def seen(self, receipt: str, who: Principal = OFFICER) -> frozenset[int]:
        """The version somebody has just read."""
        return frozenset({self.case(receipt, who)["version"]})

    def status(self, accepted: accept.Accepted) -> dict[str, Any]:
        """The application as its owner reads it."""
        return wire(status.read(self.db, self.settings, accepted.receipt, accepted.access_code))

    def today(self) -> date:
        """The business day."""
        return business_time.now(self.db).date()

    def in_days(self, days: int) -> date:
        """So many days from the business day."""
        return self.today() + timedelta(days=days)


def decide(
    office: Office, receipt: str, decision: Decision = YES, who: Principal = OFFICER
) -> Determined:
    """Determine a case as it stands now."""
    seen = frozenset(
        {scalar(office.db, "SELECT version FROM application WHERE receipt = %(r)s", r=receipt)}
    )
    return determine.determine(office.db, office.settings, who, receipt, seen, decision)
