"""No path around a person's determination: one actor with every role tries every route.

Routes come from the application's own map, bodies from the agreed document, roles from the
vocabulary: what is new is walked by itself, or the test asks what to send.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from casework.acts import automatic, findings
from casework.intake.accept import Accepted
from casework.people import delegations, tokens
from casework.people.access import Principal
from casework.reporting import publicity, reports
from casework.reporting.scope import Scope
from casework.work.stages import STAGES
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from tests.support.agreed_bodies import bodies, body_schema
from tests.support.applications import guarantee_body, uscc
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import Office
from tests.support.packaged import example
from tests.support.people import PASSWORD, log_in, shown
from vocabulary.cases import State
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role
from vocabulary.work import Stage
from web.app import create_app

ROOT = Path(__file__).parents[2]
LIMIT: Final = Decimal(100_000)
AUTOMATIC: Final = Decimal(50_000)
"""What local practice lets be determined without a person, where a deployment sets it."""
BUREAU: Final = "development_reform"
MOVING: Final = {"POST", "PUT", "PATCH", "DELETE"}
ROUNDS: Final = 3
# Files anew, which grants nothing yet and would only make the walk longer.
FILING: Final = {"/api/v1/applications", "/api/v1/applications/batch", "/api/v1/screenings"}


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    return Office(database, replace(settings, determination_approval_yuan=LIMIT))


@pytest.fixture
def permitting(office: Office) -> Office:
    """A deployment that has set what is off by default."""
    practice = replace(office.settings.practice, automatic_yuan=AUTOMATIC)
    return Office(office.db, replace(office.settings, practice=practice))


def settle(office: Office) -> None:
    """Do what the workers would do, until nothing follows."""
    office.assess_all()
    while ids := claim_ids(office.db, office.settings, Stage.DETERMINE):
        automatic.run(office.db, office.settings, ids)
        office.assess_all()


def check_what_nobody_decided(office: Office) -> None:
    """Without the setting nothing is determined without a person; with it, only what is small, of
    one enterprise under one measure together."""
    together = column(
        office.db,
        "SELECT sum(d.amount) FROM determination AS d JOIN application AS a"
        " ON a.id = d.application_id WHERE d.granted"
        " AND d.state IN ('proposed', 'in_force') GROUP BY a.uscc"
        " HAVING bool_and(d.proposed_by = 'system')",
    )
    limit = office.settings.practice.automatic_yuan
    assert all(limit is not None and each <= limit for each in together)
    alone = column(office.db, "SELECT amount FROM determination WHERE proposed_by = 'system'")
    assert all(limit is not None and each <= limit for each in alone)


def granted(office: Office) -> list[Decimal]:
    """Yuan of every grant in force."""
    return column(
        office.db,
        "SELECT amount FROM determination WHERE state = 'in_force' AND granted",
    )


def check_nothing_else_counts(office: Office) -> None:
    """What is public, counted, or drawn on a cap is what a person's determination in force grants,
    and of one enterprise under one measure no more than one person may grant."""
    by_one = column(
        office.db,
        "SELECT sum(d.amount) FROM determination AS d JOIN application AS a"
        " ON a.id = d.application_id WHERE d.granted AND d.state = 'in_force' GROUP BY a.uscc",
    )
    assert all(each <= LIMIT for each in by_one)
    listed = [grant.amount for grant in publicity.list_grants(office.db, limit=100).items]
    total = reports.amounts(office.db, office.settings, Scope()).total
    shown = column(
        office.db,
        "SELECT d.amount FROM determination AS d JOIN application AS a ON a.id = d.application_id"
        " WHERE d.state = 'in_force' AND d.granted AND a.state = 'determined' ORDER BY 1",
    )
    assert sorted(each for each in listed if each is not None) == [each for each in shown if each]
    assert (total.granted, total.granted_amount) == (len(shown), sum(shown, Decimal("0.00")))
    drawn = column(
        office.db,
        "SELECT g.application_id FROM cap_grant AS g WHERE NOT EXISTS (SELECT FROM determination"
        " AS d WHERE d.application_id = g.application_id AND d.state = 'in_force' AND d.granted)",
    )
    assert drawn == []
    assert all(each <= LIMIT for each in column(office.db, "SELECT granted FROM cap_account"))
    decided = "SELECT count(*) FROM application WHERE state = 'decided' AND outcome = 'eligible'"
    assert scalar(office.db, decided) == 0


@dataclass
class Walker:
    """One person with a token of every role, a session, a supervisor's role on loan, and the
    applicant's codes as well."""

    office: Office
    app: Flask
    tokens: Mapping[Role, str]
    session: str
    filed: list[Accepted]
    codes: dict[str, str] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    done_in_session: set[str] = field(default_factory=set)
    read: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    """`values` by receipt, until something is done: what is refused changes nothing."""

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client(use_cookies=False)

    def routes(self) -> list[tuple[str, str]]:
        """Method and path of everything that may change something."""
        return sorted(
            (method, rule.rule)
            for rule in self.app.url_map.iter_rules()
            for method in (rule.methods or set()) & MOVING
            if rule.rule not in FILING and "/message-reports/" not in rule.rule  # signed
        )

    def walk(self, order: int, *, to_the_end: bool) -> None:
        """Every route, role, case and body once, in some order; what follows from each is done at
        once. `to_the_end`: also what ends a case, or takes a right back.
        """
        document = self.client.get("/openapi.json").get_json()
        routes = self.routes()
        random.Random(order).shuffle(routes)  # noqa: S311 -- any order will do
        # After it nothing more can be done to a case.
        routes.sort(key=lambda route: route[1].endswith("/withdrawal"))
        if order == 0:
            # What is determined in bulk cannot be determined by itself any more.
            routes.sort(key=lambda route: route[1].endswith("/cases/determinations"))
        for method, path in routes:
            if not to_the_end and (method == "DELETE" or path.endswith(ENDING)):
                continue
            own = path.startswith("/api/v1/applications/<")
            schema = body_schema(document, method, path)
            for filed in self.filed if "<receipt>" in path or "/cases/" in path else self.filed[:1]:
                for body in bodies(schema, self.values(filed)):
                    code = self.codes.get(filed.receipt, filed.access_code)
                    holders = [code] if own else [*self.tokens.values(), self.session]
                    for holder in holders:
                        self.call(method, path, filed, body, holder)

    def call(self, method: str, path: str, filed: Accepted, body: Any, holder: str) -> None:
        address = path.replace("<receipt>", filed.receipt)
        address = re.sub(r"<[^>]*>", "1", address)
        version = self.values(filed)["cases"][0][0]["version"]
        headers = {"If-Match": f'"{version}"', **shown(self.office, holder)}
        answer = self.client.open(address, method=method, json=body, headers=headers)
        assert answer.status_code < 500, (method, path, body, answer.text)
        self.tried.add(f"{method} {path}")
        if answer.status_code < 400:
            self.read.clear()
        if answer.status_code < 300:
            self.done.add(f"{method} {path}")
            if holder == self.session:
                self.done_in_session.add(path)
            if path.endswith("/access-code"):
                self.codes[filed.receipt] = answer.get_json()["access_code"]
            settle(self.office)
            check_nothing_else_counts(self.office)
            check_what_nobody_decided(self.office)

    def values(self, filed: Accepted) -> dict[str, list[Any]]:
        """What to send under a name, in every body that has it; with the version, as it is now."""
        if filed.receipt not in self.read:
            self.read[filed.receipt] = self._values(filed)
        return self.read[filed.receipt]

    def _values(self, filed: Accepted) -> dict[str, list[Any]]:
        version = scalar(self.office.db, VERSION, r=filed.receipt)
        amount = scalar(
            self.office.db, "SELECT amount FROM application WHERE receipt = %(r)s", r=filed.receipt
        )
        found = {"condition": "6.4", "result": True, "note": "测试"}
        day = str(self.office.in_days(5))
        return {
            "as_computed": [True],
            "granted": [True],
            "approved": [True, False],
            "upheld": [False, True],
            "sustained": [False, True],
            "own": [True],
            "amount": [str(amount), "50000.00"],
            "override": ["测试"],
            "basis": [{"number": "测-1", "dated_on": "2020-06-01", "amount": "9000000.00"}],
            "findings": [[found]],
            "lines": [[{"number": "FK1-0001", "amount": str(amount), "on": "2020-06-01"}]],
            "cases": [[{"receipt": filed.receipt, "version": version}]],
            "visits": [[{"visit": 1, "version": 1}]],
            "choices": [[{"matter": "results", "telling": "never"}]],
            "receipts": [[filed.receipt]],
            "fields": [["/facts/guarantees/0/loan"]],
            "values": [{"/facts/guarantees/0/loan": "1000000.00"}],
            "due_on": [day],
            "ends_on": [day],
            "planned_on": [day],
            "visited_on": [str(self.office.today())],
            "ways": [[], [{"channel": "email", "address": "test@example.org"}]],
            "to": ["测试同一人", HEAD.label],
            "absent": [HEAD.label],
            "bureau": [BUREAU],
            "contact": [{"name": "测试甲", "phone": "13800000000"}],
            "grade": [1],
            "ids": [[1]],
            "result": ["met"],
            "format": ["csv"],
            "visits_per_day": [5],
            "code": ["000000"],
            "password": [PASSWORD],
            "current": ["wrong"],
            "channel": ["email"],
            "handed": ["contact", "in_person"],
            "size": [1],
            "account": column(self.office.db, "SELECT coalesce(max(id), 1) FROM payment_account"),
            "paper": ["租赁合同"],
            "documents": [["租赁合同"]],
        }


# Whoever hands over a code in person decides nothing alone in that case any more.
ENDING: Final = ("/withdrawal", "/access-code")
VERSION: Final = "SELECT version FROM application WHERE receipt = %(r)s"
HEAD: Final = Principal(BUREAU, Role.SUPERVISOR, "测试主管")


def walk_everything(office: Office, rounds: int = ROUNDS) -> Walker:
    """One person with everything at hand, some rounds over."""
    held = {
        role: tokens.create(
            office.db,
            office.settings,
            bureau=BUREAU,
            role=role,
            label="测试同一人",
            vouches=IdentityLevel.ASSURED if role is Role.INTAKE else None,
        )
        for role in Role
    }
    session = log_in(office, "测试同一人", BUREAU)
    tokens.create(office.db, office.settings, bureau=BUREAU, role="supervisor", label=HEAD.label)
    delegations.lend(
        office.db,
        office.settings,
        HEAD,
        to="测试同一人",
        ends_on=office.in_days(5),
        reason="测试",
        starts_on=None,
    )
    # One far above the limit, two that only reach it together, one below it.
    filed = [
        office.submit(guarantee_body(uscc(whose), number, Decimal(amount)))
        for number, (whose, amount) in enumerate(
            ((1, "1800000.00"), (2, "60000.00"), (2, "60000.00"), (3, "40000.00")), 1
        )
    ]
    walker = Walker(office, create_app(office.settings), held, session, filed)
    for number in range(rounds):
        walker.walk(number, to_the_end=number == rounds - 1)
    return walker


def test_one_actor_with_every_role_reaches_no_grant_above_the_limit(office: Office) -> None:
    walker = walk_everything(office)
    assert walker.tried == {f"{method} {path}" for method, path in walker.routes()}
    # The walk gets somewhere: what one person may do alone, it has done.
    assert walker.done >= {
        "POST /api/v1/cases/findings",
        "POST /api/v1/cases/determinations",
        "POST /api/v1/cases/<receipt>/determination",
        "POST /api/v1/applications/<receipt>/review",
        "POST /api/v1/delegations",
        "POST /api/v1/cases/<receipt>/access-code",
    }
    assert "/api/v1/cases/<receipt>/acknowledgement" in walker.done_in_session
    made = "SELECT count(*) FROM event WHERE type = 'determination.made'"
    assert scalar(office.db, made), "nothing was granted at all"


def test_nor_where_small_amounts_are_determined_by_themselves(permitting: Office) -> None:
    small = permitting.submit(guarantee_body(uscc(4), 4, Decimal("40000.00")))
    officer = Principal(BUREAU, Role.OFFICER, "测试壬")
    met = [Finding("6.4", result=True, note="已核实合同和费率")]
    findings.record(permitting.db, officer, small.receipt, met)
    settle(permitting)
    assert granted(permitting) == [Decimal(40_000)]
    check_nothing_else_counts(permitting)
    check_what_nobody_decided(permitting)
    walk_everything(permitting, rounds=1)


@pytest.mark.parametrize("room", ["cli", "workers"])
def test_no_command_and_no_worker_determines(room: str) -> None:
    """They go through the API like everybody, or file, or have the ledger's stages worked through,
    of which one determines: what local practice permits without a person."""
    stages = {row.use_case for row in STAGES.values()}
    assert {each for each in stages if "acts" in each} == {"casework.acts.automatic"}
    for path in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.module.startswith("casework.acts"), path
            if isinstance(node, ast.Import):
                assert not any(each.name.startswith("casework.acts") for each in node.names), path


def test_determinations_are_written_in_one_place_only() -> None:
    writes = re.compile(
        r"(?i)insert\s+into\s+determination\b|state\s*=\s*'in_force'\s*,|=\s*'determined'\s*,"
    )
    rooms = ("api", "casework", "cli", "store", "web", "workers")
    found = [
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in {".py", ".sql"} and writes.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["casework/acts/determination.py"]


# The attacks of a security review: an officer alone, a system alone, a form nobody has checked.


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SYSTEM])
@pytest.mark.parametrize("in_bulk", [False, True])
def test_findings_alone_grant_nothing(office: Office, role: Role, in_bulk: bool) -> None:
    accepted = office.submit(guarantee_body(uscc(1), 1, Decimal("1800000.00")))
    who = Principal(BUREAU, role, "测试壬")
    met = [Finding("6.4", result=True, note="已核实合同和费率")]
    if in_bulk:
        seen = {accepted.receipt: scalar(office.db, VERSION, r=accepted.receipt)}
        assert all(each.done for each in findings.record_many(office.db, who, seen, met).results)
    else:
        findings.record(office.db, who, accepted.receipt, met)
    office.assess_all()
    status = office.status(accepted)
    assert status["state"] == State.AWAITING_DETERMINATION
    assert (status["determination"], granted(office)) == (None, [])
    assert publicity.list_grants(office.db).items == []
    assert column(office.db, "SELECT account FROM cap_grant") == []
    assert office.case(accepted.receipt, Principal(BUREAU, Role.OFFICER, "测试癸"))["outcome"] == (
        "eligible" if role is Role.OFFICER else "needs_determination"
    )


def test_a_form_that_says_the_right_things_is_no_grant(office: Office) -> None:
    body = example("m03_school")
    body["enterprise"] |= {"name": "冒名幼儿园（虚构）", "uscc": uscc(77)}
    (lease,) = body["facts"]["leases"]
    lease["rent"] = lease["parts"][0]["rent"] = lease["months"][0]["rent_due"] = "9000000.00"
    accepted = office.submit(body)
    status = office.status(accepted)
    assert Decimal(status["amount"]) >= Decimal("9000000.00")
    assert status["state"] == State.AWAITING_DETERMINATION
    assert publicity.list_grants(office.db).items == []
    assert reports.amounts(office.db, office.settings, Scope()).total.granted == 0
    assert "determine" in [each["promise"] for each in status["promises"]]
