"""Subsidies on their way to enterprises, for tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from casework.acts import review
from casework.acts.determine import Decision
from casework.docket import desk
from casework.fulfilment import bank_answers, batches, lists, payment_account
from casework.fulfilment.bank_answers import BankLine
from casework.intake.accept import Accepted
from casework.people.access import Principal
from rules.workdays import add_working_days
from schemas.findings import Finding
from schemas.payments import AnswerTaken, Batch, PaymentLine
from tests.support.applications import guarantee_body, uscc
from tests.support.ledgers import scalar
from tests.support.office import Office, decide
from tests.support.said import said
from vocabulary.fulfilment import ReturnReason
from vocabulary.people import Role

PAYER = Principal("finance", Role.OFFICER, "测试辛")
SECOND_PAYER = Principal("finance", Role.OFFICER, "测试子")
PAYING_HEAD = Principal("finance", Role.SUPERVISOR, "测试丑")
SECOND_PAYING_HEAD = Principal("finance", Role.SUPERVISOR, "测试辰")
GUARANTOR = Principal("development_reform", Role.OFFICER, "测试壬")
LEADING_HEAD = Principal("development_reform", Role.SUPERVISOR, "测试寅")
HOLDER = "测试融资担保有限公司"
NUMBER = "6222 0000 0000 0001"
SUBSIDY = Decimal("50000.00")


def granted(
    office: Office,
    number: int = 1,
    amount: Decimal = SUBSIDY,
    computed: Decimal | None = None,
    filed: str | None = None,
) -> Accepted:
    """A subsidy that was granted just now; `computed`: what the rules say, if it is more; `filed`:
    the account that the application names."""
    accepted = office.submit(guarantee_body(uscc(800 + number), number, computed or amount))
    if filed:
        with office.db.transaction() as conn:
            conn.exec_driver_sql(
                "UPDATE application SET facts = facts"
                " || jsonb_build_object('bank_account', %(filed)s::text) WHERE receipt = %(r)s",
                {"filed": filed, "r": accepted.receipt},
            )
    grant(office, accepted, amount)
    return accepted


def grant(office: Office, accepted: Accepted, amount: Decimal = SUBSIDY) -> None:
    """Grant that much."""
    met = [Finding("6.4", result=True, note=said("已核实合同和费率"))]
    decide(office, accepted.receipt, Decision(True, amount, said("经核属实"), met), GUARANTOR)


def give_account(office: Office, accepted: Accepted, number: str = NUMBER) -> None:
    """The enterprise says where the money is to go."""
    payment_account.give(
        office.db,
        office.settings,
        accepted.receipt,
        accepted.access_code,
        holder=HOLDER,
        number=number.replace(" ", ""),
        bank="测试银行西城支行",
    )


def publicity_over(office: Office) -> None:
    """The first day on which what was granted today can be paid."""
    last, _ = add_working_days(office.today(), office.settings.practice.publicity)
    office.go_to(add_working_days(last, 1)[0])


def of_individuals(office: Office) -> None:
    """Every application is of an individual business, whose owner may bank in their own name."""
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET enterprise = enterprise"
            " || jsonb_build_object('kind', 'individual_business')"
        )


def waiting_account(office: Office, receipt: str) -> int:
    """The number of the account that an officer who looks now sees."""
    seen = lists.read(office.db, PAYER, receipt).account_id
    assert seen is not None
    return seen


def account_rests(office: Office) -> None:
    """The first day on which an account can be paid to that was given or confirmed today."""
    office.go_to(add_working_days(office.today(), 1)[0] + timedelta(days=1))


def payable(office: Office, number: int = 1) -> Accepted:
    """A subsidy that nothing stands in the way of."""
    accepted = granted(office, number)
    give_account(office, accepted)
    publicity_over(office)
    return accepted


def export(office: Office, who: Principal = PAYER) -> Batch:
    """Put into a batch what is payable."""
    return batches.export(office.db, office.settings, who)


def lines(office: Office, batch: Batch) -> list[PaymentLine]:
    """The payments of a batch."""
    return batches.read(office.db, PAYER, batch.id).lines


def paid(office: Office, line: PaymentLine) -> BankLine:
    """The bank has paid."""
    return BankLine(line.number, line.amount, office.today())


def returned(
    office: Office, line: PaymentLine, reason: ReturnReason = ReturnReason.WRONG_NUMBER
) -> BankLine:
    """The bank has sent the money back."""
    return BankLine(line.number, line.amount, office.today(), reason, said("退汇说明"))


def answer(office: Office, batch: Batch, *answered: BankLine) -> AnswerTaken:
    """The bank's answer is written down."""
    return bank_answers.take(office.db, office.settings, PAYER, batch.id, answered)


def state(office: Office, accepted: Accepted) -> str:
    """The stored state of the newest fulfilment."""
    return str(
        scalar(
            office.db,
            "SELECT f.state FROM fulfilment AS f JOIN application AS a ON a.id = f.application_id"
            " WHERE a.receipt = %(r)s ORDER BY f.state = 'cancelled', f.id DESC LIMIT 1",
            r=accepted.receipt,
        )
    )


@dataclass
class Reopened:
    """A grant whose review has set it aside."""

    accepted: Accepted

    @classmethod
    def of(cls, office: Office, accepted: Accepted) -> Reopened:
        """The applicant asks for a review, and it is upheld that the result does not stand."""
        own = (accepted.receipt, accepted.access_code)
        review.request(office.db, office.settings, *own, reason=said("请复核"))
        with office.db.transaction() as conn:
            case = desk.find(conn, accepted.receipt)
        assert case is not None
        review.decide(
            office.db,
            office.settings,
            LEADING_HEAD,
            accepted.receipt,
            frozenset({case.version}),
            upheld=False,
            reason=said("重新认定"),
        )
        return cls(accepted)
