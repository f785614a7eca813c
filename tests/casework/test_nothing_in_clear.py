"""No telephone, account or address of the samples is found in PostgreSQL's files or its WAL.

What is looked for is made up for each run, so that nothing else can have written it. Old rows and
full-page images are looked through as well: a value that was in clear for one transaction is found.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casework.acts import contact, contact_code, rating, supplement
from casework.followup import requests, visit_acts, visit_list
from casework.followup.requests import Asked
from casework.intake import drafts
from store.db import Database
from tests.support import eventful, filing, fulfilled, fulfilling, said, uploaded
from tests.support.applications import uscc
from tests.support.ledgers import scalar
from tests.support.office import OFFICER, Office, decide
from tests.support.packaged import load_application
from tests.support.papers import by_code, hand_in
from vocabulary.visits import VisitResult

SAMPLES = Path(__file__).parents[2] / "samples"


class People:
    """Made-up people, each unlike any other; `needles`: what must not be found of them."""

    def __init__(self) -> None:
        self.needles: list[str] = []

    def telephone(self) -> str:
        return self._kept(f"139{secrets.randbelow(10**8):08d}")

    def mail(self) -> str:
        return self._kept(f"p{secrets.randbelow(10**12):012d}@example.org")

    def account(self) -> str:
        return self._kept(f"6222{secrets.randbelow(10**15):015d}")

    def words(self) -> str:
        return f"我是{self._kept(f'甲{secrets.randbelow(10**12):012d}')}，请帮忙"

    def _kept(self, needle: str) -> str:
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
        patched.setattr(fulfilled, "OBJECTOR", people.telephone())
        patched.setattr(fulfilling.give_account, "__defaults__", (people.account(),))
        fulfilled.fulfilled(office)
    typed = {"/facts/difficulty": people.words(), "/enterprise/contact/phone": people.telephone()}
    code = drafts.start(office.db, office.settings, "m01_tenant")
    drafts.save(office.db, office.settings, code, lambda _: typed)
    hand_in(office, by_code(office.submit(uscc=uscc(8802))), name=f"{people.words()}.jpg")
    uploaded.uploaded(
        office, {"enterprise.contact.phone": people.telephone()}, f"{people.words()}.csv"
    )
    for table in ("payment_account", "payment_line", "objection", "draft", "document"):
        assert scalar(office.db, f"SELECT count(*) FROM {table}"), table  # noqa: S608
    assert scalar(office.db, "SELECT state FROM import_upload") == "done"


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


@pytest.mark.parametrize("told", [filed, lived, written_by_officers, given_beside_a_form])
def test_nothing_of_people_is_found_in_data_files_or_wal(
    office: Office, intruder: Database, told: Any
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
    assert len(people.needles) > 1
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
