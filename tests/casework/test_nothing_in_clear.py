"""No telephone, account or address of the samples is found in PostgreSQL's files or its WAL, nor
any code, password or token with which somebody comes in.

What is looked for is made up for each run, so that nothing else can have written it. Old rows and
full-page images are looked through as well: a value that was in clear for one transaction is found.
Every sealed column that holds words is written in one of the stories, with something to look for.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casework.acts import contact, contact_code, findings, supplement
from casework.docket import kept_lists
from casework.followup import rating, requests, visit_acts, visit_calendar, visit_list
from casework.followup.requests import Asked
from casework.intake import drafts
from casework.outbox import bureau_addresses
from casework.people import login, own_account, sessions, tokens
from casework.people.sessions import Caller
from casework.reporting import exports
from casework.reporting.scope import Scope
from config.channels import Contact
from schemas.findings import Finding
from store.db import Database
from store.personal_columns import SEALED
from tests.support import eventful, filing, fulfilled, fulfilling, said, uploaded
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import scalar
from tests.support.office import HEAD, OFFICER, Office, decide
from tests.support.packaged import load_application
from tests.support.papers import by_code, hand_in
from tests.support.people import Totp, hire
from tests.support.sealed import read_back
from vocabulary.deliveries import Recipient
from vocabulary.exports import ExportFormat
from vocabulary.visits import VisitResult

SAMPLES = Path(__file__).parents[2] / "samples"


class People:
    """Made-up people, each unlike any other; `needles`: what must not be found of them."""

    def __init__(self) -> None:
        self.needles: list[str] = []

    def telephone(self) -> str:
        return self.kept(f"139{secrets.randbelow(10**8):08d}")

    def mail(self) -> str:
        return self.kept(f"p{secrets.randbelow(10**12):012d}@example.org")

    def account(self) -> str:
        return self.kept(f"6222{secrets.randbelow(10**15):015d}")

    def words(self) -> str:
        return f"我是{self.kept(f'甲{secrets.randbelow(10**12):012d}')}，请帮忙"

    def kept(self, needle: str) -> str:
        self.needles.append(needle)
        return needle

    def in_body(self, body: dict[str, Any]) -> dict[str, Any]:
        """A sample as these people would have filed it."""
        person = {"name": "测试甲", "phone": self.telephone(), "email": self.mail()}
        body = {**body, "enterprise": {**body["enterprise"], "contact": person}}
        facts = dict(body["facts"])
        if "bank_account" in facts:
            facts["bank_account"] = self.account()
        for name in ("difficulty", "request"):
            if name in facts:
                facts[name] = self.words()
        if "trainees" in facts:
            facts["trainees"] = [
                {**each, "trainee_no": self.account()} for each in facts["trainees"]
            ]
        return {**body, "facts": facts}


def filed(office: Office, people: People) -> None:
    """Every sample is filed and assessed."""
    for sample in sorted(SAMPLES.glob("*.json")):
        body = people.in_body(json.loads(sample.read_text(encoding="utf-8"))["application"])
        filing.accept(office.db, office.settings, load_application(body))
    office.assess_all()
    assert scalar(office.db, "SELECT count(*) FROM application WHERE personal IS NULL") == 0


def lived(office: Office, people: People) -> None:
    """One of them goes through whatever people write of people, and is written to."""
    sample = json.loads((SAMPLES / "01-m01-tenant.json").read_text(encoding="utf-8"))
    body = people.in_body(sample["application"])
    accepted = filing.accept(office.db, office.settings, load_application(body))
    office.assess_all()
    own = (office.db, office.settings, accepted.receipt, accepted.access_code)
    contact.correct(*own, name="测试乙", phone=people.telephone(), email=people.mail())
    contact_code.ask(*own, channel="email")
    requests.open_by_applicant(*own, Asked(people.words()))
    field = "/enterprise/contact/phone"
    supplement.request(
        office.db,
        office.settings,
        OFFICER,
        accepted.receipt,
        office.seen(accepted.receipt),
        fields=(field,),
        reason="电话打不通",
        due_on=office.in_days(10),
    )
    supplement.answer(*own, {field: people.telephone()})
    office.assess_all()
    visit = next(
        each
        for each in visit_list.list_visits(office.db, OFFICER, visit_list.Wanted()).items
        if accepted.receipt in {one.receipt for one in each.applications}
    )
    visit_acts.record_outcome(
        office.db,
        office.settings,
        OFFICER,
        visit.id,
        frozenset({visit.version}),
        visited_on=office.today(),
        result=VisitResult.MET,
        note=people.words(),
        requests=[Asked(people.words())],
    )
    decide(office, accepted.receipt)
    rating.rate(*own, grade=5, comment=people.words())


def written_by_officers(office: Office, people: People) -> None:
    """Officers write of people wherever they can: findings, determinations, supplements, codes,
    delegations, visits, call-backs."""
    strict = replace(office.settings, determination_approval_yuan=Decimal(10_000))
    office = replace(office, settings=strict)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(said, "PERSON", ("测试周丁", people.telephone(), people.account()))
        for chapter in (
            eventful.house,
            eventful.who_files,
            eventful.case_to_the_end,
            eventful.caps,
            eventful.visits,
            eventful.unreached,
        ):
            chapter(office)
        found = Finding("1.3", result=True, note=said.said("核过"), evidence=said.said("名单"))
        findings.record(office.db, OFFICER, office.submit().receipt, [found])
    for table, column in (
        ("official_finding", "note"),
        ("determination", "reason"),
        ("determination", "decision_note"),
        ("supplement", "reason"),
        ("delegation", "reason"),
        ("practice_change", "reason"),
        ("bureau_address", "contacts"),
        ("access_code", "note"),
    ):
        assert scalar(office.db, f"SELECT count({column}) FROM {table}"), table  # noqa: S608


def given_beside_a_form(office: Office, people: People) -> None:
    """What is given beside a form: drafts, accounts for payments and what the bank says of them,
    objections, names of files, tables that a window uploads."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(said, "PERSON", ("测试周丁", people.telephone(), people.account()))
        patched.setattr(fulfilled.objected, "__defaults__", ("与事实不符", people.telephone()))
        patched.setattr(fulfilling.give_account, "__defaults__", (people.account(),))
        fulfilled.fulfilled(office)
    typed = {"/facts/difficulty": people.words(), "/enterprise/contact/phone": people.telephone()}
    code = drafts.start(office.db, office.settings, "m01_tenant")
    drafts.save(office.db, office.settings, code, lambda _: typed)
    hand_in(office, by_code(office.submit(uscc=uscc(8802))), name=f"{people.words()}.jpg")
    uploaded.uploaded(
        office, {"enterprise.contact.phone": people.telephone()}, f"{people.words()}.csv"
    )
    reached = [Contact("email", people.mail())]
    bureau_addresses.change(
        office.db, office.settings, Recipient("education"), reached, OFFICER.actor
    )
    for table in ("payment_account", "payment_line", "objection", "draft", "document"):
        assert scalar(office.db, f"SELECT count(*) FROM {table}"), table  # noqa: S608
    assert scalar(office.db, "SELECT state FROM import_upload") == "done"


def come_in(office: Office, people: People) -> None:
    """Whatever opens something: passwords, second factors, codes, tokens, links."""
    here = Caller("192.0.2.7")
    first = people.kept(hire(office, "test.jia"))
    password = people.kept(f"山雀-{secrets.token_urlsafe(12)}")
    begun = login.set_up(
        office.db, office.settings, here, login="test.jia", setup_code=first, password=password
    )
    session = sessions.authenticate(office.db, office.settings, people.kept(begun.secret))
    for _ in range(2):
        secret = own_account.begin_second_factor(
            office.db, office.settings, session, password=None
        ).secret
        people.kept(secret)
    done = own_account.confirm_second_factor(
        office.db, office.settings, session, here, code=Totp(secret).code()
    )
    for code in (*done.recovery_codes, done.begun.secret, done.begun.device):
        people.kept(code)
    session = sessions.authenticate(office.db, office.settings, done.begun.secret)
    kept_lists.keep(office.db, session, people.words(), "state=received")
    people.kept(
        own_account.begin_second_factor(
            office.db, office.settings, session, password=password
        ).secret
    )
    office.employ(HEAD)
    people.kept(
        tokens.create(office.db, office.settings, bureau="sasac", role="officer", label="test.yi")
    )
    feed = visit_calendar.create(office.db, office.settings, HEAD, "科室日历")
    people.kept(feed.url.rpartition("/")[2].removesuffix(".ics"))
    asked = exports.request(
        office.db, office.settings, HEAD, Scope(bureau="sasac"), ExportFormat.CSV
    )
    people.kept(asked.download_url.rpartition("/")[2])
    people.kept(drafts.start(office.db, office.settings, "m01_tenant"))
    key = people.kept(str(uuid.uuid4()))
    filed = filing.accept(
        office.db, office.settings, load_application(tenant_body()), idempotency_key=key
    )
    people.kept(filed.access_code)


def files(intruder: Database, since: str) -> Iterator[tuple[str, bytes]]:
    """The database's files after a checkpoint, and the WAL written since."""
    with intruder.statement() as conn:
        conn.exec_driver_sql("CHECKPOINT")
        folder = conn.exec_driver_sql(
            "SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
        names = conn.exec_driver_sql(
            "SELECT %(folder)s || '/' || f FROM pg_ls_dir(%(folder)s) AS f"
            " UNION ALL SELECT 'pg_wal/' || name FROM pg_ls_waldir()"
            "  WHERE name >= %(since)s AND name <= pg_walfile_name(pg_current_wal_lsn())",
            {"folder": folder, "since": since},
        ).scalars()
        for name in names.all():
            content = conn.exec_driver_sql(
                "SELECT pg_read_binary_file(%(name)s, 0, 100000000, true)", {"name": name}
            ).scalar_one()
            if content is not None:
                yield name, bytes(content)


# In which story something of people that is looked for lies in which columns.
# fmt: off
STORIES: dict[Callable[[Office, People], None], set[str]] = {
    filed: {"application.personal"},
    lived: {"delivery.address", "rating.comment", "request.words", "supplement.changes",
            "visit.note"},
    written_by_officers: {"access_code.note", "application.identity_note", "callback.note",
                          "delegation.reason", "delivery.note", "determination.decision_note",
                          "event_text.words", "official_finding.evidence",
                          "practice_change.reason", "request.answer", "review.note",
                          "review.reason", "supplement.reason"},
    given_beside_a_form: {"assessment.document", "bureau_address.contacts",
                          "determination.findings", "determination.reason", "document.name",
                          "draft.typed", "import_upload.name", "objection.address",
                          "objection.answer", "objection.words", "official_finding.note",
                          "payment_account.particulars", "payment_line.note"},
    come_in: {"account.totp_secret", "account.totp_pending", "kept_list.name"},
}
# fmt: on
KEYS = {
    f"{column}_key" for column in ("document.piece", "document_file.file", "import_upload.file")
} | {"index_key.key"}
"""Sealed as well, and random: nobody says them."""


def test_every_sealed_column_is_looked_for_in_one_of_the_stories() -> None:
    assert set().union(*STORIES.values()) == {each.name for each in SEALED} - KEYS


@pytest.mark.parametrize("told", STORIES)
def test_nothing_of_people_is_found_in_data_files_or_wal(
    office: Office, intruder: Database, told: Callable[[Office, People], None]
) -> None:
    people, marker = People(), f"wal-{secrets.randbelow(10**12)}"
    with intruder.statement() as conn:
        since = conn.exec_driver_sql("SELECT pg_walfile_name(pg_current_wal_lsn())").scalar_one()
    written_to = replace(
        office,
        settings=replace(
            office.settings, smtp_url="smtp://127.0.0.1:1", smtp_from="wenqi@example.org"
        ),
    )
    told(written_to, people)
    holding = {
        column
        for column, text in read_back(office.db).items()
        if any(needle in text for needle in people.needles)
    }
    assert holding >= STORIES[told]
    with office.db.transaction() as conn:  # what is in clear is found, so the search works
        conn.exec_driver_sql(
            "UPDATE application SET acknowledged_by = %(marker)s WHERE id ="
            " (SELECT min(id) FROM application)",
            {"marker": marker},
        )
    found: dict[str, set[str]] = {}
    for name, content in files(intruder, since):
        for needle in (marker, *people.needles):
            if needle.encode() in content:
                found.setdefault(needle, set()).add(name.partition("/")[0])
    assert found.pop(marker) == {"base", "pg_wal"}
    assert found == {}
