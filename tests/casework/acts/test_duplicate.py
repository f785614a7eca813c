"""Closing a duplicate takes nothing from anybody: the rule, what follows, and two at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import review, supplement, withdraw
from casework.acts.determine import Decision
from casework.acts.duplicate import NotADuplicate, UnknownOther
from casework.decision import assess
from casework.delivery import send
from casework.docket.second_person import SecondPersonRequired
from casework.errors import CaseNotFound, IllegalMove, NotPermitted, VersionChanged
from casework.intake.accept import Accepted
from casework.views import documents
from casework.work.dispatch import Stage
from schemas.findings import Finding
from store import ledger
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.eventful import example
from tests.support.ledgers import blocked, claim_ids, column, scalar
from tests.support.mailbox import Mailbox
from tests.support.office import AUDITOR, HEAD, OFFICER, SECOND_HEAD, STRANGER, Office, decide
from tests.support.packaged import load_application
from tests.support.twice import close, twice
from tests.support.waiting import wait_for
from vocabulary.people import Role

NO = Decision(
    granted=False,
    amount=None,
    reason="不符合",
    findings=(Finding("1.2", result=False, note="已查明"),),
)
DESK = "desk@shop.example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    made.start()
    yield made
    made.stop()


def state(office: Office, accepted: Accepted) -> Any:
    return scalar(
        office.db, "SELECT state FROM application WHERE receipt = %(r)s", r=accepted.receipt
    )


def told(office: Office, accepted: Accepted) -> str:
    """The last line of the applicant's timeline."""
    return str([each["text"] for each in office.status(accepted)["timeline"]][-1])


def test_the_later_one_is_closed_and_nothing_is_lost_with_it(office: Office) -> None:
    earlier, later = twice(office)
    before = office.status(earlier)
    version = close(office, later.receipt, earlier.receipt)
    seen = office.status(later)
    assert (seen["state"], seen["duplicate_of"]) == ("duplicate", earlier.receipt)
    assert (seen["promises"], seen["overlaps"], seen["amount"]) == ([], [], "60000.00")
    assert seen["next"]["who"] == "nobody"
    assert "不需要再做什么" in seen["next"]["action"]
    assert "request_review" in seen["actions"]
    assert "withdraw" not in seen["actions"]
    after = office.status(earlier)
    assert (after["promises"], after["version"]) == (before["promises"], before["version"])
    assert later.receipt in told(office, earlier)
    kept = office.case(earlier.receipt)
    assert kept["casework"]["duplicates"] == [later.receipt]
    assert kept["overlaps"] == []
    # One visit was arranged for both: it is about the other one still.
    assert kept["visit"]["state"] != "cancelled"
    assert documents.of_case(office.db, OFFICER, later.receipt).items is not None
    # Again changes nothing, whichever version whoever lost the answer had read.
    again = close(office, later.receipt, earlier.receipt, seen=frozenset({1}))
    assert again == version
    assert scalar(office.db, "SELECT count(*) FROM determination") == 0
    decide(office, earlier.receipt)
    with pytest.raises(IllegalMove):
        decide(office, later.receipt)


def test_its_own_visit_ends_and_its_open_supplement(office: Office) -> None:
    earlier, later = twice(office)
    arranged = "SELECT visit_id FROM application WHERE receipt = %(r)s"
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET visit_id = NULL WHERE receipt = %(r)s", {"r": earlier.receipt}
        )
    visit = scalar(office.db, arranged, r=later.receipt)
    supplement.request(
        office.db,
        office.settings,
        OFFICER,
        later.receipt,
        office.seen(later.receipt),
        fields=("/facts/leases/0/rent",),
        reason="请核对",
        due_on=office.in_days(9),
    )
    close(office, later.receipt, earlier.receipt)
    assert scalar(office.db, "SELECT state FROM visit WHERE id = %(id)s", id=visit) == "cancelled"
    assert column(office.db, "SELECT state FROM supplement") == ["closed"]
    # A review that opens it again has another visit arranged.
    review.request(office.db, office.settings, later.receipt, later.access_code, reason="是两家店")
    seen = office.seen(later.receipt)
    review.decide(
        office.db, office.settings, HEAD, later.receipt, seen, upheld=False, reason="经复核"
    )
    office.assess_all()
    assert office.case(later.receipt)["visit"]["state"] in ("planned", "scheduled")


def test_the_applicant_reads_which_goes_on_and_how_to_object(
    office: Office, mailbox: Mailbox
) -> None:
    body = tenant_body(uscc=uscc(7301), lease_no="两报-1", email=DESK)
    earlier, later = office.submit(body), office.submit(body)
    close(office, later.receipt, earlier.receipt)
    send.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.NOTIFY))
    letter = str([one.get_content() for one in mailbox.accepted if one["To"] == DESK][-1])
    for part in (
        f"您的申请（受理编号 {later.receipt}）",
        f"由受理编号{earlier.receipt}的申请继续办理",
        "同一租约报了两次",
        "都保留",
        "不需要再做什么",
        "可以凭查询码申请复核，由另外的人答复",
    ):
        assert part in letter.replace("\n", ""), (part, letter)


def test_a_review_by_somebody_else_opens_it_again_for_good(office: Office) -> None:
    earlier, later = twice(office)
    own = (later.receipt, later.access_code)
    close(office, later.receipt, earlier.receipt, HEAD)
    for upheld in (True, False):
        review.request(office.db, office.settings, *own, reason="是两家门店")
        seen = office.seen(later.receipt)
        with pytest.raises(SecondPersonRequired):
            review.decide(
                office.db, office.settings, HEAD, later.receipt, seen, upheld=True, reason="维持"
            )
        review.decide(
            office.db,
            office.settings,
            SECOND_HEAD,
            later.receipt,
            seen,
            upheld=upheld,
            reason="经复核",
        )
        assert state(office, later) == ("duplicate" if upheld else "awaiting_determination")
    office.assess_all()
    found = office.case(later.receipt)
    assert (found["state"], found["duplicate_of"]) == ("awaiting_determination", None)
    assert found["promises"]
    assert "close_duplicate" not in found["casework"]["actions"]
    with pytest.raises(NotADuplicate, match="应当作出认定"):
        close(office, later.receipt, earlier.receipt)


def test_what_was_granted_before_is_not_closed_though_a_review_has_opened_it(
    office: Office,
) -> None:
    """It may have been paid, and the other one would be paid as well."""
    earlier, later = twice(office, 7306)
    decide(office, later.receipt)
    review.request(office.db, office.settings, later.receipt, later.access_code, reason="少了一月")
    review.decide(
        office.db,
        office.settings,
        HEAD,
        later.receipt,
        office.seen(later.receipt),
        upheld=False,
        reason="经复核",
    )
    office.assess_all()
    assert state(office, later) == "awaiting_determination"
    with pytest.raises(NotADuplicate, match="应当作出认定"):
        close(office, later.receipt, earlier.receipt)


def test_who_may_close_what(office: Office) -> None:
    earlier, later = twice(office)
    for who in (AUDITOR, replace(OFFICER, role=Role.SYSTEM)):
        with pytest.raises(NotPermitted):
            close(office, later.receipt, earlier.receipt, who)
    with pytest.raises(CaseNotFound):
        close(office, later.receipt, earlier.receipt, STRANGER)
    with pytest.raises(VersionChanged):
        close(office, later.receipt, earlier.receipt, seen=frozenset({99}))
    for other in ("WQ-00000000-0", "nothing", ""):
        with pytest.raises(UnknownOther):
            close(office, later.receipt, other)
    assert state(office, later) == "awaiting_determination"


def test_only_the_later_of_two_of_one_enterprise_under_one_provision(office: Office) -> None:
    earlier, later = twice(office)
    stranger = office.submit(tenant_body(uscc=uscc(7302), lease_no="两报-2"))
    for receipt, other, why in (
        (earlier, later, "受理在后"),
        (later, later, "另一份"),
        (stranger, earlier, "统一社会信用代码"),
    ):
        with pytest.raises(NotADuplicate, match=why):
            close(office, receipt.receipt, other.receipt)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET provision = 'm01_landlord' WHERE receipt = %(r)s",
            {"r": earlier.receipt},
        )
    with pytest.raises(NotADuplicate, match="事项不同"):
        close(office, later.receipt, earlier.receipt)


def test_nobody_unknown_stands_in_the_place_of_who_is_known(office: Office) -> None:
    body = tenant_body(uscc=uscc(7303), lease_no="两报-3")
    unknown = filing.accept(
        office.db, office.settings, load_application(body), identity=filing.OPEN_FORM
    )
    office.assess_all()
    known = office.submit(body)
    with pytest.raises(NotADuplicate, match="先分别核对身份"):
        close(office, known.receipt, unknown.receipt)
    with office.db.transaction() as conn:  # known by now, but not where to reach them
        conn.exec_driver_sql(
            "UPDATE application SET identity = 'assured', confirmed_channels ="
            " CASE WHEN receipt = %(r)s THEN '{}' ELSE '{sms}' END::text[]",
            {"r": unknown.receipt},
        )
    with pytest.raises(NotADuplicate, match="办理结果送不到"):
        close(office, known.receipt, unknown.receipt)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET identity = 'contact_verified', confirmed_channels = '{sms}'"
        )
    # One telephone answered for both: whoever files is told of nobody else.
    close(office, known.receipt, unknown.receipt)


@pytest.mark.parametrize("how", ["refused", "asked", "withdrawn", "closed"])
def test_the_one_that_goes_on_waits_for_nothing_but_a_decision(office: Office, how: str) -> None:
    earlier, later = twice(office)
    if how == "refused":
        decide(office, earlier.receipt, NO)
    elif how == "asked":
        supplement.request(
            office.db,
            office.settings,
            OFFICER,
            earlier.receipt,
            office.seen(earlier.receipt),
            fields=("/facts/leases/0/rent",),
            reason="请核对",
            due_on=office.in_days(9),
        )
    elif how == "withdrawn":
        withdraw.withdraw(office.db, office.settings, earlier.receipt, earlier.access_code)
    else:
        close(office, later.receipt, earlier.receipt)
        earlier, later = later, office.submit(tenant_body(uscc=uscc(7301), lease_no="两报-1"))
    with pytest.raises(NotADuplicate, match="还不能指望"):
        close(office, later.receipt, earlier.receipt)


def test_what_asks_for_more_is_no_duplicate(office: Office) -> None:
    earlier, later = twice(office, months=[{"month": "2020-03"}])
    close(office, later.receipt, earlier.receipt)
    earlier, later = twice(office, 7304, rent="31000.00")
    with pytest.raises(NotADuplicate, match="金额更多"):
        close(office, later.receipt, earlier.receipt)
    # What was supplemented just now is not reckoned yet.
    earlier, later = twice(office, 7307)
    rent, own = "/facts/leases/0/rent", (office.db, office.settings)
    seen, due = office.seen(later.receipt), office.in_days(9)
    supplement.request(
        *own, OFFICER, later.receipt, seen, fields=(rent,), reason="请核对", due_on=due
    )
    supplement.answer(*own, later.receipt, later.access_code, {rent: "31000.00"})
    with pytest.raises(IllegalMove):
        close(office, later.receipt, earlier.receipt)
    office.assess_all()
    with pytest.raises(NotADuplicate, match="金额更多"):
        close(office, later.receipt, earlier.receipt)


def test_where_nothing_is_reckoned_the_answers_are_the_same(office: Office) -> None:
    body = example("m14_special_difficulty")
    earlier, same = office.submit(body), office.submit(body)
    body["facts"] |= {"difficulty": "另一件事"}
    other = office.submit(body)
    lead = scalar(office.db, "SELECT DISTINCT lead_bureau FROM application")
    officer = replace(OFFICER, bureau=lead)
    with pytest.raises(NotADuplicate, match="填报的内容又与"):
        close(office, other.receipt, earlier.receipt, officer)
    close(office, same.receipt, earlier.receipt, officer)


def test_a_grant_is_not_closed_nor_what_a_second_person_has(office: Office) -> None:
    strict = Office(office.db, replace(office.settings, determination_approval_yuan=Decimal(1)))
    earlier, later = twice(office)
    decide(strict, later.receipt)
    with pytest.raises(IllegalMove):
        close(office, later.receipt, earlier.receipt)
    earlier, later = twice(office, 7305)
    decide(office, later.receipt)
    with pytest.raises(IllegalMove):
        close(office, later.receipt, earlier.receipt)


def test_of_each_other_at_once_one_is_closed(office: Office) -> None:
    one, two = twice(office)
    pairs = [(one.receipt, two.receipt), (two.receipt, one.receipt)] * 2

    def tried(pair: tuple[str, str]) -> bool:
        try:
            close(office, *pair)
        except (NotADuplicate, VersionChanged):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(tried, pairs))
    assert done == [False, True, False, True]
    assert [state(office, each) for each in (one, two)] == ["awaiting_determination", "duplicate"]
    assert len(column(office.db, "SELECT application_id FROM duplicate")) == 1


def test_whoever_withdraws_the_other_one_at_that_moment_is_waited_for(
    office: Office, database: Database
) -> None:
    earlier, later = twice(office)
    seen = office.seen(later.receipt)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as conn:
            conn.exec_driver_sql(
                "UPDATE application SET state = 'withdrawn' WHERE receipt = %(r)s",
                {"r": earlier.receipt},
            )
            closing = pool.submit(close, office, later.receipt, earlier.receipt, OFFICER, seen)
            wait_for(lambda: blocked(database), "the act waits for the row")
        with pytest.raises(NotADuplicate, match="已撤回"):
            closing.result()
    assert state(office, later) == "awaiting_determination"


def test_what_is_closed_is_not_assessed_any_more(office: Office) -> None:
    earlier, later = twice(office)
    with office.db.transaction() as conn:
        ledger.add(
            conn,
            Stage.ASSESS,
            [(scalar(office.db, "SELECT max(id) FROM application"), None)],
        )
    close(office, later.receipt, earlier.receipt)
    assess.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.ASSESS))
    assert state(office, later) == "duplicate"
