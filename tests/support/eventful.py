"""A life in which everything happens once: each chapter leads to some of the event types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path

from casework.acts import (
    access_codes,
    acknowledge,
    approval,
    assign,
    contact,
    contact_code,
    findings,
    identity_check,
    review,
    supplement,
    transfer,
)
from casework.acts import withdraw as withdrawal
from casework.acts.determine import Decision
from casework.delivery import digest, preview, send
from casework.docket import trail
from casework.followup import (
    calendar_update,
    chase,
    phone_call,
    rating,
    request_list,
    requests,
    visit_acts,
    visit_assign,
    visit_calendar,
    visit_list,
    visit_plan,
    visit_reminders,
)
from casework.followup.requests import Asked
from casework.operations import business_time, loans
from casework.people import accounts, delegations, tokens
from casework.people.access import Principal
from casework.reporting import export_files, exports
from casework.reporting.scope import Scope
from casework.views import case_filter, cases, inbox
from casework.work import dispatch
from casework.work.dispatch import Stage
from config.settings import Settings
from rules.workdays import add_working_days
from schemas.findings import Finding
from store.db import Database
from tests.support import filing
from tests.support.administered import administered, mail_at
from tests.support.applications import guarantee_body, tenant, tenant_body, uscc
from tests.support.auditing import auditing
from tests.support.fulfilled import GUARANTOR, fulfilled
from tests.support.ledgers import claim_ids, scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, SECOND_HEAD, YES, Office, decide
from tests.support.other_systems import other_systems
from tests.support.own_data import own_data
from tests.support.packaged import example
from tests.support.people import hire, log_in_and_out
from tests.support.said import said
from tests.support.scenarios.chain import BRANCH, paid, shop
from tests.support.scenarios.rent import leases
from tests.support.twice import asked_twice
from tests.support.uploaded import uploaded
from vocabulary.deliveries import Channel, Recipient
from vocabulary.events import EventType
from vocabulary.exports import ExportFormat
from vocabulary.people import Role

MET = [Finding("6.4", result=True, note=said("已核实合同和费率"))]
RENT_FIELD = "/facts/leases/0/rent"
FIRST = frozenset({1})
DISTRICT = Principal("district_government", Role.OFFICER, "测试庚")


def looks(office: Office) -> None:
    """Everything with personal data is looked at."""
    accepted = office.submit()
    own = (accepted.receipt, accepted.access_code)
    asked = requests.open_by_applicant(office.db, office.settings, *own, Asked(said("希望减租")))
    cases.list_cases(office.db, office.settings, OFFICER, case_filter.Wanted())
    cases.read(office.db, office.settings, OFFICER, accepted.receipt)
    told = (EventType.APPLICATION_ASSESSED, Channel.EMAIL, accepted.receipt)
    preview.of_application(office.db, office.settings, *told)
    inbox.list_messages(office.db, OFFICER)
    trail.of_case(office.db, HEAD, accepted.receipt)
    (visit,) = visit_list.list_visits(office.db, OFFICER, visit_list.Wanted()).items
    visit_list.read(office.db, OFFICER, visit.id)
    request_list.list_requests(office.db, OFFICER)
    request_list.read(office.db, OFFICER, asked)
    made = visit_calendar.create(office.db, office.settings, HEAD, "科室日历")
    secret = made.url.rpartition("/")[2].removesuffix(".ics")
    visit_calendar.read(office.db, office.settings, secret)
    visit_calendar.revoke(office.db, HEAD, made.id)
    requests.withdraw(office.db, office.settings, *own, asked)


def who_files(office: Office) -> None:
    """An open form: a code asked for and typed back, the contact corrected, an officer's check."""
    settings = replace(office.settings, codes_file=Path("/nonexistent/codes"))
    filed = filing.accept(office.db, settings, tenant(), identity=filing.OPEN_FORM)
    office.assess()
    own = (office.db, settings, filed.receipt, filed.access_code)
    contact_code.ask(*own, channel="sms")
    contact_code.verify(*own, code=filing.code_of(office.db, settings, filed.receipt))
    own = (*own[:3], lost_code(office.db, settings, filed.receipt))
    contact.correct(*own, name="测试乙", phone="13800000001")
    seen = office.seen(filed.receipt)
    identity_check.check(
        office.db, settings, OFFICER, filed.receipt, seen, note=said("已电话核实"), contact=True
    )


def lost_code(db: Database, settings: Settings, receipt: str) -> str:
    """The access code is lost: the bureau sends another, the applicant renews that one."""
    version = "SELECT version FROM application WHERE receipt = %(r)s"
    seen = frozenset({scalar(db, version, r=receipt)})
    access_codes.issue(db, settings, OFFICER, receipt, seen, handed="contact", note=said("核对"))
    access_codes.ask(db, settings, receipt)
    return access_codes.renew(db, settings, receipt, code=filing.code_of(db, settings, receipt))


def case_to_the_end(office: Office) -> None:
    """Supplement, proposal, rejection, determination, review, bad rating, call-back."""
    accepted = office.submit()
    receipt, own = accepted.receipt, (accepted.receipt, accepted.access_code)
    acknowledge.one(office.db, OFFICER, receipt)
    for to in (HEAD.label, None):
        assign.one(office.db, office.settings, OFFICER, receipt, to=to)
    for end in (True, False):
        supplement.request(
            office.db, office.settings, OFFICER, receipt, office.seen(receipt),
            fields=(RENT_FIELD,), reason=said("合同金额与发票不符"), due_on=office.in_days(10),
        )  # fmt: skip
        if end:
            read = (office.db, office.settings, OFFICER, receipt, office.seen(receipt))
            supplement.close(*read, reason=said("已当面核对"))
        else:
            values = {RENT_FIELD: "30000.00"}
            supplement.answer(office.db, office.settings, *own, values)
        office.assess()
    for approved in (False, True):
        decide(office, receipt, YES, OFFICER)
        approval.decide_proposal(
            office.db, office.settings, HEAD, receipt, office.seen(receipt),
            approved=approved, note=said("请核对面积"),
        )  # fmt: skip
    review.request(office.db, office.settings, *own, reason=said("金额有误"))
    review.decide(
        office.db, office.settings, SECOND_HEAD, receipt, office.seen(receipt),
        upheld=True, reason=said("经复核"),
    )  # fmt: skip
    rating.rate(office.db, office.settings, *own, grade=1, comment=None)
    rating.call_back(
        office.db, office.settings, COLLEAGUE, receipt, office.seen(receipt), note=said("已致歉")
    )


def above_the_bureau(office: Office) -> None:
    """The district government determines, and the bureau that leads hears of it."""
    body = example("m14_special_difficulty")
    body["facts"] = {
        "field": "development",
        "difficulty": "仓库被临时征用，无处存放货物",
        "during_epidemic": True,
    }
    grant = Decision(granted=True, amount=None, reason=said("同意协调解决"))
    decide(office, office.submit(body).receipt, grant, DISTRICT)


def caps(office: Office) -> None:
    """Headroom becomes free for what was determined."""
    free = Office(office.db, replace(office.settings, determination_approval_yuan=Decimal(9**9)))
    first, cut = (
        free.submit(guarantee_body(uscc(701), number, Decimal(amount)))
        for number, amount in ((1, "4000000.00"), (2, "2000000.00"))
    )
    system = replace(GUARANTOR, role=Role.SYSTEM, label="测试业务系统")
    findings.record(free.db, system, first.receipt, MET)
    findings.record(free.db, GUARANTOR, first.receipt, MET)
    free.assess_all()
    decide(free, first.receipt, Decision(True, Decimal("4000000.00"), said("经核属实")), GUARANTOR)
    decide(free, cut.receipt, Decision(True, Decimal("1000000.00"), "以余额为限"), GUARANTOR)
    own = (first.receipt, first.access_code)
    review.request(free.db, free.settings, *own, reason=said("请复核"))
    seen = free.seen(first.receipt, GUARANTOR)
    head = replace(GUARANTOR, role=Role.SUPERVISOR, label="测试癸")
    review.decide(
        free.db, free.settings, head, first.receipt, seen, upheld=False, reason=said("非其申报")
    )
    free.assess_all()


def overlaps(office: Office) -> None:
    """A waiver takes the base of a subsidy that was granted before."""
    free = Office(office.db, replace(office.settings, determination_approval_yuan=Decimal(10**9)))
    place = {"lease_no": "店租-9"}
    facts = shop(paid("30000", "30000", rent_due="30000"), place)
    subsidy = free.submit({"provision": "m04_chain_shop", "enterprise": BRANCH, "facts": facts})
    facts = leases(place)
    waiver = free.submit({"provision": "m01_tenant", "enterprise": BRANCH, "facts": facts})
    commerce = Principal("commerce", Role.OFFICER, "测试辛")
    decide(free, subsidy.receipt, Decision(True, Decimal("18000.00"), said("经核属实")), commerce)
    free.case(waiver.receipt)
    decide(free, waiver.receipt, YES, OFFICER)
    free.assess_all()


def stuck(office: Office) -> None:
    """An assessment dies."""
    filing.accept(office.db, office.settings, tenant())
    with office.db.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE work_item SET attempts = %(n)s WHERE stage = 'assess'",
            {"n": office.settings.max_attempts},
        )
    dispatch.sweep(office.db, office.settings)


def visits(office: Office) -> None:
    """Joined, planned, reminded of, confirmed, moved, in vain, done, with what was asked there;
    then handed over, cancelled, withdrawn."""
    both = [office.submit(uscc=uscc(707)) for _ in range(2)]
    visit_id = scalar(office.db, "SELECT max(id) FROM visit")

    def seen() -> frozenset[int]:
        version = "SELECT version FROM visit WHERE id = %(id)s"
        return frozenset({scalar(office.db, version, id=visit_id)})

    act = (office.db, office.settings, OFFICER, visit_id)
    office.go_to(scalar(office.db, "SELECT max(not_before)::date FROM work_item"))
    for _ in range(2):
        visit_reminders.run(
            office.db, office.settings, claim_ids(office.db, office.settings, Stage.REMIND)
        )
        planned: date = scalar(office.db, "SELECT max(planned_on) FROM visit")
        office.go_to(add_working_days(planned, -2)[0])
    day = add_working_days(planned, 6)[0]
    visit_acts.confirm(*act, seen(), planned_on=day, starts_at=time(14, 30))
    visit_plan.set_capacity(office.db, office.settings, HEAD, None)
    for to in (HEAD.label, None):
        visit_assign.assign(office.db, office.settings, HEAD, visit_id, seen(), to=to)
    later = add_working_days(day, 1)[0]
    visit_acts.move(*act, seen(), planned_on=later, reason=said("企业当日盘点"))
    # Another bureau leads one of its applications, and is told of the visit, too.
    transfer.transfer(
        office.db, office.settings, OFFICER, both[1].receipt, office.seen(both[1].receipt),
        to="finance", reason=said("属财政"),
    )  # fmt: skip
    later = add_working_days(later, 1)[0]
    visit_acts.confirm(*act, seen(), planned_on=later)
    visit_acts.move(*act, seen(), planned_on=add_working_days(later, 1)[0], reason=said("企业停电"))
    for result, what in (("absent", ()), ("met", (Asked(said("希望减租")),))):
        told = visit_acts.record_outcome(
            *act, seen(), visited_on=office.today(), result=result, note=said("了解"), requests=what
        )
    visit_acts.correct_outcome(*act, seen(), visited_on=office.in_days(-1), reason=said("填错一天"))
    (asked,) = told.requests or [0]
    # Its day was promised before that year's holidays were published.
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE request SET provisional = true, due_on = opened_at::date WHERE id = %(id)s",
            {"id": asked},
        )
    calendar_update.run(office.db, office.settings)
    first = (office.db, office.settings, OFFICER, asked, frozenset({2}))
    requests.route(*first, to="finance", reason=said("属财政"))
    finance = Principal("finance", Role.OFFICER, "测试辛")
    requests.answer(office.db, office.settings, finance, asked, frozenset({3}), words=said("协调"))
    visits_that_end(office)


def visits_that_end(office: Office) -> None:
    """One visit follows its application, one is cancelled, one loses its last application."""
    moved, alone = office.submit(uscc=uscc(708)), [office.submit(uscc=uscc(709)) for _ in range(2)]
    arranged = scalar(office.db, "SELECT max(id) - 1 FROM visit")
    visit_acts.confirm(office.db, office.settings, OFFICER, arranged, FIRST)
    transfer.transfer(
        office.db, office.settings, OFFICER, moved.receipt, office.seen(moved.receipt),
        to="finance", reason=said("属财政"),
    )  # fmt: skip
    transfer.transfer(
        office.db, office.settings, OFFICER, alone[1].receipt, office.seen(alone[1].receipt),
        to="finance", reason=said("属财政"),
    )  # fmt: skip
    last = scalar(office.db, "SELECT max(id) FROM visit")
    visit_acts.cancel(office.db, office.settings, OFFICER, last, FIRST, reason=said("企业迁出"))
    withdrawal.withdraw(
        office.db, office.settings, alone[0].receipt, alone[0].access_code, reason=None
    )


def promises(office: Office, folder: Path) -> None:
    """What is promised comes near, is late, is late for too long; a digest says so."""
    addresses = folder / "addresses.toml"
    addresses.write_text('[sasac]\nemail = "duty@sasac.example.org"\n', encoding="utf-8")
    mailing = replace(
        office.settings,
        smtp_url="smtp://127.0.0.1:9",
        smtp_from="wenqi@example.org",
        bureau_addresses=addresses,
    )
    mailed = Office(office.db, mailing)
    asked = mailed.submit(uscc=uscc(7010))
    mailed.submit(uscc=uscc(7011))
    supplement.request(
        mailed.db, mailing, OFFICER, asked.receipt, mailed.seen(asked.receipt),
        fields=(RENT_FIELD,), reason=said("合同金额与发票不符"), due_on=mailed.in_days(20),
    )  # fmt: skip
    for _ in range(20):
        mailed.go_to(add_working_days(mailed.today(), 1)[0])
        for _ in range(2):
            chase.run(mailed.db, mailing, claim_ids(mailed.db, mailing, Stage.CHASE))
    business_time.advance(mailed.db, mailing, timedelta(minutes=31))
    digest.run(mailed.db, mailing, claim_ids(mailed.db, mailing, Stage.DIGEST))


def files(office: Office) -> None:
    """An export is asked for, made, fetched, cleared away."""
    asked = exports.request(
        office.db, office.settings, OFFICER, Scope(bureau="sasac"), ExportFormat.CSV
    )
    for _ in range(2):
        export_files.run(
            office.db, office.settings, claim_ids(office.db, office.settings, Stage.EXPORT)
        )
        if scalar(office.db, "SELECT max(state) FROM export") == "ready":
            exports.open_download(office.db, office.settings, asked.download_url.rpartition("/")[2])
        hours = timedelta(hours=office.settings.export_hours, seconds=1)
        business_time.advance(office.db, office.settings, hours)


def house(office: Office) -> None:
    """Accounts, absences and endpoints come and go."""
    accounts.add(office.db, office.settings, bureau="finance", login="test.geng", name="测试庚")
    accounts.change(office.db, "test.geng", roles=["supervisor"])
    accounts.reset(office.db, office.settings, "test.geng")
    hire(office, "test.xin", by=OFFICER.actor)
    accounts.release_by_operator(office.db, "test.xin")
    accounts.disable(office.db, "test.geng")
    log_in_and_out(office, accounts.reset(office.db, office.settings, "test.geng"))
    for who in (OFFICER, COLLEAGUE):
        tokens.create(office.db, office.settings, bureau=who.bureau, role=who.role, label=who.label)
    tokens.rotate(office.db, office.settings, 1)
    tokens.revoke(office.db, 2)
    tokens.create(office.db, office.settings, bureau="sasac", label=HEAD.label, role=HEAD.role)
    tokens.create(office.db, office.settings, bureau="sasac", label=COLLEAGUE.label)
    lent = delegations.lend(
        office.db, office.settings, HEAD, to=COLLEAGUE.label, starts_on=None,
        ends_on=office.in_days(5), reason=said("年休假"),
    )  # fmt: skip
    delegations.end(office.db, HEAD, lent.id)
    admin = replace(HEAD, role=Role.ADMIN, label="测试管理员")
    asked = loans.lend(
        office.db, mail_at(office.settings, Recipient("sasac")), admin,
        absent=HEAD.label, to=COLLEAGUE.label, ends_on=office.in_days(5), reason=said("急病"),
    )  # fmt: skip
    delegations.confirm(office.db, HEAD, asked.id)
    other_systems(office)
    administered(office)


def unreached(office: Office) -> None:
    """Someone with a landline alone, where messages are sent, is called."""
    body = tenant_body(uscc=uscc(7041))
    body["enterprise"]["contact"] = {"name": "测试甲", "phone": "010-88001234"}
    sending = replace(office.settings, smtp_url="smtp://127.0.0.1:9", smtp_from="w@example.org")
    receipt = office.submit(body).receipt
    supplement.request(
        office.db, sending, OFFICER, receipt, office.seen(receipt),
        fields=(RENT_FIELD,), reason=said("金额不符"), due_on=office.in_days(7),
    )  # fmt: skip
    send.run(office.db, sending, claim_ids(office.db, sending, Stage.NOTIFY))
    phone_call.tick_off(
        office.db, sending, OFFICER, receipt, office.seen(receipt), note=said("已告知补正事项")
    )


def live(office: Office, folder: Path) -> None:
    """All of it; amounts above 10,000 yuan take two."""
    chapters: tuple[Callable[[Office], None], ...] = (
        auditing,
        house, looks, who_files, case_to_the_end, above_the_bureau, caps, overlaps, stuck, visits,
        files, asked_twice, unreached, own_data, uploaded, fulfilled,
    )  # fmt: skip
    for chapter in chapters:
        chapter(office)
    promises(office, folder)
