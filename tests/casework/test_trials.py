"""What a system sends in test mode is decided and shown to it, and is nowhere else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy.exc import IntegrityError

from casework.acts import contact_code, review, withdraw
from casework.acts.determine import Decision
from casework.docket.clients import Clients, SenderShut
from casework.errors import ApplicationNotFound, CaseNotFound, IllegalMove
from casework.followup import rating, requests, visit_list
from casework.followup.requests import Asked
from casework.intake import identity
from casework.intake.accept import Accepted
from casework.operations import doctor, purge
from casework.people import access, tokens
from casework.people.access import Principal
from casework.reporting import export_files, exports, publicity
from casework.reporting.reports import REPORTS
from casework.reporting.scope import Scope
from casework.views import case_filter, cases, inbox, status
from config.settings import Settings
from schemas.application import Submission
from schemas.kit.answers import dump
from store.db import Database
from tests.support import filing
from tests.support.applications import guarantee_body, tenant, uscc
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import AUDITOR, OFFICER, Office, decide
from tests.support.packaged import load_application
from tests.support.said import said
from vocabulary.cases import Grade
from vocabulary.exports import ExportFormat
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role
from vocabulary.work import Stage

CAP = Decimal("5000000.00")
REFORM = Principal("development_reform", Role.OFFICER, "测试壬")
TABLES_OF_OTHERS = (
    "delivery", "visit", "benefit_claim", "known_name", "determination", "request",
)  # fmt: skip


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    """Small amounts are determined by themselves: no trial is."""
    practice = replace(settings.practice, automatic_yuan=Decimal(100_000))
    return Office(database, replace(settings, practice=practice, determination_approval_yuan=CAP))


def sender(office: Office, *, is_trial: bool) -> tuple[str, Principal]:
    token = tokens.create(
        office.db,
        office.settings,
        bureau="sasac",
        role="intake",
        label="测试平台",
        vouches="assured",
        is_trial=is_trial,
    )
    return token, access.authenticate(office.db, office.settings, token)


def sent(office: Office, *, is_trial: bool, of: Submission | None = None) -> Accepted:
    _, client = sender(office, is_trial=is_trial)
    who = identity.of_client(
        client.system, client.vouches, IdentityLevel.ASSURED, is_trial=client.is_trial
    )
    made = filing.accept(office.db, office.settings, of or tenant(), identity=who)
    office.assess_all()
    return made


def numbers(office: Office) -> dict[str, object]:
    """Every report of all bureaus, but for the moment it was made."""
    made = {name: dump(read(office.db, office.settings, Scope())) for name, read in REPORTS.items()}
    return {name: {k: v for k, v in one.items() if k != "as_of"} for name, one in made.items()}


def test_a_trial_is_decided_and_shown_to_whoever_sent_it(office: Office) -> None:
    trial, real = sent(office, is_trial=True), sent(office, is_trial=False)
    shown, beside = (
        status.read(office.db, office.settings, one.receipt, one.access_code)
        for one in (trial, real)
    )
    assert (shown.trial, beside.trial) == (True, False)
    assert (shown.state, shown.outcome, shown.amount) == (
        beside.state,
        beside.outcome,
        beside.amount,
    )
    assert shown.bureaus == beside.bureaus, "who would lead"
    assert shown.assessment is not None
    assert set(shown.actions) <= {"withdraw", "answer_supplement"}
    assert (shown.visit, shown.promises, shown.overlaps) == (None, [], [])


def test_a_trial_is_in_no_number_list_register_or_table_of_others(office: Office) -> None:
    before = numbers(office)
    trial = sent(office, is_trial=True)
    assert numbers(office) == before
    for table in TABLES_OF_OTHERS:
        assert scalar(office.db, f"SELECT count(*) FROM {table}") == 0, table  # noqa: S608
    waiting = column(office.db, "SELECT DISTINCT stage FROM work_item")
    assert not set(waiting) & {Stage.CHASE, Stage.DETERMINE, Stage.NOTIFY}
    bureaus = scalar(office.db, "SELECT count(*) FROM application WHERE lead_bureau IS NOT NULL")
    assert bureaus == 0
    with pytest.raises(CaseNotFound):
        cases.read(office.db, office.settings, OFFICER, trial.receipt)
    listed = cases.list_cases(office.db, office.settings, OFFICER, case_filter.Wanted())
    assert listed.items == []
    assert inbox.list_messages(office.db, OFFICER).items == []
    assert visit_list.list_visits(office.db, OFFICER, visit_list.Wanted()).items == []
    assert publicity.list_grants(office.db).items == []


def test_a_trial_is_in_no_export_whoever_asks_for_what(office: Office) -> None:
    trial, real = sent(office, is_trial=True), sent(office, is_trial=False)
    office.employ(AUDITOR)
    for scope in (Scope(), Scope(provision="m01_tenant"), Scope(state="awaiting_determination")):
        asked = exports.request(office.db, office.settings, AUDITOR, scope, ExportFormat.CSV)
        due = claim_ids(office.db, office.settings, Stage.EXPORT)
        assert export_files.run(office.db, office.settings, due).done == 1
        secret = asked.download_url.rpartition("/")[2]
        file = b"".join(exports.open_download(office.db, office.settings, secret).pieces)
        assert (real.receipt in file.decode(), trial.receipt in file.decode()) == (True, False)


def test_a_trial_meets_nobody(office: Office) -> None:
    """The same lease, for real: neither is told of the other."""
    sent(office, is_trial=True)
    real = sent(office, is_trial=False)
    shown = status.read(office.db, office.settings, real.receipt, real.access_code)
    assert shown.overlaps == []


def test_a_trial_that_nobody_visits_is_no_trouble(office: Office) -> None:
    sent(office, is_trial=True)
    office.assess()
    found = doctor.examine(office.db, office.settings, ask_broker=False).troubles
    assert "applications without a visit" not in {trouble.what for trouble in found}


def test_a_trial_draws_on_no_cap_and_finds_none_used_up(office: Office) -> None:
    """All of (六)'s total for one institution: tried, then granted, then tried again."""

    def whole(contract: int) -> Submission:
        return load_application(guarantee_body(uscc(1), contract, CAP))

    def drawn() -> tuple[object, ...]:
        return tuple(
            scalar(office.db, f"SELECT coalesce(sum({what}), 0) FROM {table}")  # noqa: S608
            for what, table in (("granted", "cap_account"), ("amount", "cap_grant"))
        )

    sent(office, is_trial=True, of=whole(1))
    assert drawn() == (0, 0)
    real = sent(office, is_trial=False, of=whole(2))
    decide(office, real.receipt, Decision(True, CAP, "已核实合同和费率"), REFORM)
    office.assess_all()
    assert drawn() == (CAP, CAP)
    before = scalar(office.db, "SELECT max(id) FROM event")
    trial = sent(office, is_trial=True, of=whole(3))
    shown = office.status(trial)
    assert (shown["trial"], shown["amount"]) == (True, str(CAP))
    withdraw.withdraw(office.db, office.settings, trial.receipt, trial.access_code)
    office.assess_all()
    assert drawn() == (CAP, CAP)
    heard = "SELECT count(*) FROM event JOIN application a ON a.id = application_id"
    assert scalar(office.db, f"{heard} WHERE event.id > {before} AND NOT a.is_trial") == 0


def test_nothing_is_done_to_a_trial_that_anybody_would_hear_of(office: Office) -> None:
    trial = sent(office, is_trial=True)
    own = (office.db, office.settings, trial.receipt, trial.access_code)
    with pytest.raises(IllegalMove, match="测试件"):
        requests.open_by_applicant(*own, Asked(said("希望减租")))
    with pytest.raises(IllegalMove, match="测试件"):
        review.request(*own, reason=said("金额有误"))
    with pytest.raises(IllegalMove, match="测试件"):
        rating.rate(*own, grade=Grade.VERY_DISSATISFIED)
    with pytest.raises(IllegalMove, match="测试件") as refused:
        contact_code.ask(*own, channel="sms")
    assert set(refused.value.allowed) <= {"withdraw", "answer_supplement"}
    withdraw.withdraw(*own)


@pytest.mark.parametrize(
    "change",
    [
        "lead_bureau = 'sasac'",
        "copied_bureaus = '{sasac}'",
        "state = 'determined'",
        "determined_amount = 1",
    ],
)
def test_the_database_holds_that_a_trial_is_nobodys_case(office: Office, change: str) -> None:
    sent(office, is_trial=True)
    with pytest.raises(IntegrityError) as refused, office.db.transaction() as conn:
        conn.exec_driver_sql(f"UPDATE application SET {change}")  # noqa: S608
    assert isinstance(refused.value.orig, CheckViolation)


def test_after_a_day_a_trial_is_gone(office: Office, travel: object) -> None:
    trial = sent(office, is_trial=True)
    own = (office.db, office.settings, trial.receipt, trial.access_code)
    assert purge.file(office.db, office.settings) == 0
    travel(86400 + 60)  # type: ignore[operator]
    assert purge.file(office.db, office.settings) == 1
    purge.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.PURGE))
    with pytest.raises(ApplicationNotFound):
        status.read(*own)
    [left] = column(office.db, "SELECT concat(name, uscc, enterprise, facts) FROM application")
    assert "测试" not in left
    assert purge.file(office.db, office.settings) == 0


def test_a_sender_is_shut_off_and_let_in_again(office: Office) -> None:
    token, client = sender(office, is_trial=False)
    tokens.shut(office.db, client.token or 0, off=True)
    with pytest.raises(SenderShut):
        Clients(office.db, office.settings)(token)
    # The switch is the system's: another token of it is refused as well.
    with pytest.raises(SenderShut):
        Clients(office.db, office.settings)(sender(office, is_trial=False)[0])
    with pytest.raises(tokens.InvalidToken):
        tokens.shut(office.db, 0, off=True)
    tokens.shut(office.db, client.token or 0, off=False)
    assert Clients(office.db, office.settings)(token).label == "测试平台"


def test_what_was_tried_under_a_key_is_not_taken_for_what_is_filed_under_it(office: Office) -> None:
    made = []
    for is_trial in (True, False):
        client = sender(office, is_trial=is_trial)[1]
        who = identity.of_client(
            client.system, client.vouches, IdentityLevel.ASSURED, is_trial=is_trial
        )
        key = "0c1e7a52-6f0b-4e39-9d61-2a4f8f6f3b10"
        made.append(
            filing.accept(office.db, office.settings, tenant(), identity=who, idempotency_key=key)
        )
    assert made[0].receipt != made[1].receipt
    assert column(office.db, "SELECT is_trial FROM application ORDER BY id") == [True, False]
