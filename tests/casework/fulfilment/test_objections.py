"""Objections: who can be reached may object, and that stops the money until it is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework.acts import one_time_codes
from casework.docket import desk
from casework.docket.second_person import SecondPersonRequired
from casework.errors import NotPermitted
from casework.followup import chase
from casework.fulfilment import objection_answers, objections
from casework.fulfilment.batches import NothingPayable
from casework.fulfilment.objection_answers import ObjectionClosed
from casework.fulfilment.objections import (
    GrantNotFound,
    ObjectionCodeRefused,
    ObjectionNotFound,
    ObjectionStands,
    UnreachableObjector,
)
from casework.intake.accept import Accepted
from casework.operations import business_time
from rules.workdays import add_working_days
from schemas.objections import Objection
from tests.support.fulfilled import OBJECTOR, code_of, objected
from tests.support.fulfilling import (
    GUARANTOR,
    LEADING_HEAD,
    PAYING_HEAD,
    Reopened,
    answer,
    export,
    give_account,
    granted,
    lines,
    paid,
    payable,
    publicity_over,
    state,
)
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import HEAD, Office
from vocabulary.codes import Purpose
from vocabulary.deliveries import Channel
from vocabulary.people import Role
from vocabulary.work import Stage


@pytest.fixture
def office(office: Office) -> Office:
    """One that can send codes."""
    return Office(office.db, replace(office.settings, codes_file=Path("/nonexistent/codes")))


def handle(office: Office) -> str:
    return str(scalar(office.db, "SELECT handle FROM fulfilment ORDER BY id DESC LIMIT 1"))


def shown(office: Office) -> list[Objection]:
    return objection_answers.list_objections(office.db, office.settings, LEADING_HEAD).items


def settle(office: Office, *, sustained: bool) -> None:
    newest = shown(office)[0]
    objection_answers.answer(
        office.db, office.settings, LEADING_HEAD, newest.id, sustained=sustained, words="经核对"
    )


def stopping(office: Office) -> int:
    return int(scalar(office.db, "SELECT objections FROM fulfilment ORDER BY id DESC LIMIT 1"))


def publicised(office: Office) -> Accepted:
    """A subsidy that nothing but the publicity days stands in the way of."""
    accepted = granted(office)
    give_account(office, accepted)
    return accepted


def test_only_a_confirmed_objection_stops_the_money_and_its_answer_lets_it_go(
    office: Office,
) -> None:
    accepted = publicised(office)
    asked = objections.ask(
        office.db, office.settings, handle(office), contact=OBJECTOR, words="不符"
    )
    with pytest.raises(ObjectionCodeRefused):
        objections.confirm(office.db, office.settings, asked.objection, code="000000x")
    assert stopping(office) == 0
    code = code_of(office.db, office.settings)
    told = objections.confirm(office.db, office.settings, asked.objection, code=code)
    assert told.stops
    with pytest.raises(ObjectionCodeRefused):  # once
        objections.confirm(office.db, office.settings, asked.objection, code=code)
    publicity_over(office)
    with pytest.raises(NothingPayable):
        export(office)
    settle(office, sustained=False)
    read = objections.read(office.db, office.settings, asked.objection)
    assert (read.state, read.answer) == ("dismissed", "经核对")
    with pytest.raises(ObjectionClosed):
        settle(office, sustained=True)
    assert export(office).lines == 1
    assert state(office, accepted) == "exported"


def test_of_two_people_s_objections_both_are_to_be_answered(office: Office) -> None:
    publicised(office)
    for contact in (OBJECTOR, "13800000008"):
        objected(office, contact=contact)
    publicity_over(office)
    settle(office, sustained=False)
    with pytest.raises(NothingPayable):
        export(office)


@pytest.mark.parametrize("contact", [OBJECTOR, "13800000008"])
def test_what_is_objected_within_the_publicity_days_is_answered_before_money_moves(
    office: Office, contact: str
) -> None:
    """However many were answered before, the same person's too: else whoever was granted it could
    spend the one stop with a mailbox of their own."""
    publicised(office)
    for number in range(3):
        objected(office, contact=f"sham{number}@example.org")
        settle(office, sustained=False)
    objected(office, contact=contact)
    settle(office, sustained=False)
    last, _ = add_working_days(office.today(), office.settings.practice.publicity)
    office.go_to(last)
    objected(office)
    newest = shown(office)[0]
    assert (newest.stops, newest.repeated) == (True, contact == OBJECTOR)
    office.go_to(add_working_days(last, 1)[0])
    with pytest.raises(NothingPayable):
        export(office)
    settle(office, sustained=False)
    assert export(office).lines == 1


def test_what_is_asked_on_the_last_day_and_confirmed_after_midnight_came_in_time(
    office: Office,
) -> None:
    publicised(office)
    last, _ = add_working_days(office.today(), office.settings.practice.publicity)
    office.go_to(last)
    business_time.advance(office.db, office.settings, timedelta(hours=14, minutes=56))
    asked = objections.ask(
        office.db, office.settings, handle(office), contact=OBJECTOR, words="不符"
    )
    business_time.advance(office.db, office.settings, timedelta(minutes=6))
    assert office.today() > last
    code = code_of(office.db, office.settings)
    assert objections.confirm(office.db, office.settings, asked.objection, code=code).stops
    assert stopping(office) == 1


def test_what_is_objected_after_the_publicity_days_is_answered_while_the_payment_goes_on(
    office: Office,
) -> None:
    """Mailboxes cost nothing: nobody holds a payment up by objecting again and again."""
    accepted = payable(office)
    for number in range(4):
        secret = objected(office, contact=f"box{number}@example.org")
        assert not objections.read(office.db, office.settings, secret).stops
        assert stopping(office) == 0
        newest = shown(office)[0]
        assert (newest.stops, newest.repeated) == (False, False)
        assert newest.due_on > office.today()
        settle(office, sustained=False)
    objected(office)
    assert "objection" in [each["promise"] for each in office.status(accepted)["promises"]]
    batch = export(office)  # an answer is owed all the same
    settle(office, sustained=True)  # and one may be right
    answer(office, batch, paid(office, lines(office, batch)[0]))
    assert state(office, accepted) == "stopped"
    assert stopping(office) == 0


def test_one_person_waits_for_one_answer_at_a_time(office: Office) -> None:
    publicised(office)
    objected(office)
    with pytest.raises(ObjectionStands):
        objected(office)
    assert stopping(office) == 1


def test_one_that_nobody_answers_is_pointed_out_and_goes_to_the_head(office: Office) -> None:
    payable(office)
    objected(office)
    for _ in range(14):
        office.go_to(office.in_days(1))
        items = claim_ids(office.db, office.settings, Stage.CHASE)
        chase.run(office.db, office.settings, items)
    told = "SELECT type FROM event WHERE data ->> 'promise' = 'objection' ORDER BY id"
    assert column(office.db, told) == [
        f"promise.{each}" for each in ("due_soon", "overdue", "escalated")
    ]


def test_a_sustained_one_ends_it_also_while_the_bank_has_it(office: Office) -> None:
    accepted = payable(office)
    batch = export(office)
    [line] = lines(office, batch)
    objected(office)
    settle(office, sustained=True)
    answer(office, batch, paid(office, line))
    assert state(office, accepted) == "stopped"  # and what was paid is to be taken back
    [row] = column(
        office.db, "SELECT text FROM (SELECT data ->> 'amount' AS text FROM event"
        " WHERE type = 'payment.made') AS e"
    )  # fmt: skip
    assert row == "50000.00"


def test_a_new_determination_after_a_sustained_one_is_fulfilled_anew(office: Office) -> None:
    accepted = payable(office)
    objected(office)
    settle(office, sustained=True)
    Reopened.of(office, accepted)
    assert state(office, accepted) == "cancelled"
    with pytest.raises(GrantNotFound):
        objections.ask(office.db, office.settings, handle(office), contact=OBJECTOR, words="-")


def test_a_head_without_a_part_in_the_case_answers_and_nobody_else(office: Office) -> None:
    payable(office)
    objected(office)
    [newest] = shown(office)
    assert newest.contact == OBJECTOR
    for who, refused in (
        (GUARANTOR, NotPermitted),
        (replace(GUARANTOR, role=Role.SUPERVISOR), SecondPersonRequired),
        (PAYING_HEAD, ObjectionNotFound),
        (HEAD, ObjectionNotFound),
    ):
        with pytest.raises(refused):
            objection_answers.answer(
                office.db, office.settings, who, newest.id, sustained=True, words="-"
            )


def test_a_code_takes_five_tries_and_an_address_gets_three_a_day(office: Office) -> None:
    accepted = granted(office)
    with pytest.raises(UnreachableObjector):
        objections.ask(office.db, office.settings, handle(office), contact="不详", words="-")
    asked = objections.ask(office.db, office.settings, handle(office), contact=OBJECTOR, words="-")
    for _ in range(5):
        with pytest.raises(ObjectionCodeRefused):
            objections.confirm(office.db, office.settings, asked.objection, code="no")
    code = code_of(office.db, office.settings)
    with pytest.raises(ObjectionCodeRefused):
        objections.confirm(office.db, office.settings, asked.objection, code=code)
    for _ in range(4):
        objections.ask(office.db, office.settings, handle(office), contact=OBJECTOR, words="-")
    assert scalar(office.db, "SELECT count(*) FROM objection") == 3
    sent = "SELECT count(*) FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
    assert scalar(office.db, f"{sent} WHERE e.type = 'objection.code_asked'") == 3
    with office.db.transaction() as conn:  # nor one of another kind
        case = desk.find(conn, accepted.receipt)
        assert case is not None
        to = (Purpose.CONTACT, Channel.SMS, OBJECTOR)
        assert one_time_codes.make(conn, office.settings, case, *to) is None


def test_who_objects_stands_in_nothing_that_the_applicant_reads(office: Office) -> None:
    accepted = granted(office)
    objected(office, "我是知情人")
    told = str(office.status(accepted))
    assert "异议" in told
    assert OBJECTOR not in told
    assert "知情人" not in told
