"""What the pages of a visit, a request and an objection offer is what would not be refused, for
each person in each state.

Of a case: `test_case_acts`; of a payment: `tests.casework.fulfilment.test_open_acts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import pytest

from casework.errors import CaseworkError
from casework.followup import requests, visit_acts, visit_assign
from casework.followup.requests import Asked
from casework.fulfilment import objection_answers
from casework.people.access import Principal
from rules.workdays import add_working_days
from store.db import Database
from tests.support.desk_client import DeskClient
from tests.support.fulfilled import objected
from tests.support.fulfilling import GUARANTOR, LEADING_HEAD, granted
from tests.support.ledgers import scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, STRANGER, Office
from tests.support.undoing import would_be_taken
from vocabulary.people import Role

Act = Callable[[Database], object]

PEOPLE: Mapping[str, tuple[Role, str]] = {
    "test.jia": (Role.OFFICER, "sasac"),
    "test.bing": (Role.SUPERVISOR, "sasac"),
    "test.wu": (Role.AUDITOR, "sasac"),
    "test.ji": (Role.SUPERVISOR, "education"),
    "test.geng": (Role.OFFICER, "finance"),
}
ME = "test.jia"


def who(login: str) -> Principal:
    role, bureau = PEOPLE[login]
    return Principal(bureau, role, login)


def ways(client: DeskClient, here: str) -> set[str]:
    """The acts that a page leads to; none where it is not shown."""
    answer = client.http.get(here)
    if answer.status_code != 200:
        assert answer.status_code in (403, 404)
        return set()
    return set(re.findall(rf'(?:href|action)="{here}/([a-z]+)"', answer.text))


def entered(enter: Callable[..., DeskClient]) -> Mapping[str, DeskClient]:
    return {login: enter(login, role, bureau=bureau) for login, (role, bureau) in PEOPLE.items()}


def compare(
    office: Office,
    clients: Mapping[str, DeskClient],
    here: str,
    acts: Callable[[Principal], Mapping[str, Act]],
) -> dict[str, set[str]]:
    """Everybody's offers, which are what would be taken from them."""
    offered = {}
    for login, client in clients.items():
        offered[login] = ways(client, here)
        tried = acts(who(login)).items()
        taken = {code for code, act in tried if would_be_taken(office.db, act)}
        assert (login, offered[login]) == (login, taken)
    return offered


def planned(office: Office) -> None:
    office.submit()


def given_to_me(office: Office) -> None:
    planned(office)
    visit_assign.assign(office.db, office.settings, who(ME), 1, frozenset({1}), to=ME)


def given_to_colleague(office: Office) -> None:
    planned(office)
    office.employ(COLLEAGUE)
    asked = (office.db, office.settings, HEAD, 1, frozenset({1}))
    visit_assign.assign(*asked, to=COLLEAGUE.label)


def confirmed(office: Office) -> None:
    planned(office)
    visit_acts.confirm(office.db, office.settings, OFFICER, 1, frozenset({1}))


def done(office: Office) -> None:
    planned(office)
    office.go_to(office.in_days(1))
    visit_acts.record_outcome(
        office.db, office.settings, OFFICER, 1, frozenset({1}),
        visited_on=office.today(), result="met", note="-",
    )  # fmt: skip


def absent(office: Office) -> None:
    planned(office)
    visit_acts.record_outcome(
        office.db, office.settings, OFFICER, 1, frozenset({1}),
        visited_on=office.today(), result="absent", note="-",
    )  # fmt: skip


def called_off(office: Office) -> None:
    planned(office)
    visit_acts.cancel(office.db, office.settings, OFFICER, 1, frozenset({1}), reason="停业")


VISITS = (planned, given_to_me, given_to_colleague, confirmed, done, absent, called_off)


@pytest.mark.parametrize("state", VISITS, ids=lambda state: state.__name__)
def test_of_a_visit(
    office: Office, enter: Callable[..., DeskClient], state: Callable[[Office], None]
) -> None:
    before = {} if state is done else entered(enter)  # a day later all sessions have ended
    state(office)
    clients = before or entered(enter)
    version = scalar(office.db, "SELECT version FROM visit")
    mine = scalar(
        office.db,
        "SELECT count(*) FROM event WHERE type = 'visit.assigned' AND actor = %(me)s",
        me=who(ME).actor,
    )
    day, _ = add_working_days(office.today(), 2)

    def acts(me: Principal) -> Mapping[str, Act]:
        asked = (office.settings, me, 1, frozenset({version}))
        return {
            "outcome": lambda db: visit_acts.record_outcome(
                db, *asked, visited_on=office.today(), result="met", note="-"
            ),
            "confirmation": lambda db: visit_acts.confirm(db, *asked, planned_on=day),
            "move": lambda db: visit_acts.move(db, *asked, planned_on=day, reason="-"),
            "assignment": lambda db: visit_assign.assign(db, *asked, to=None if mine else me.label),
            "cancellation": lambda db: visit_acts.cancel(db, *asked, reason="-"),
            "correction": lambda db: visit_acts.correct_outcome(
                db, *asked, visited_on=office.in_days(-1), reason="-"
            ),
        }

    compare(office, clients, "/desk/visits/1", acts)


def opened(office: Office) -> None:
    accepted = office.submit()
    own = (accepted.receipt, accepted.access_code)
    requests.open_by_applicant(office.db, office.settings, *own, Asked("希望减租"))


def handed_over(office: Office) -> None:
    opened(office)
    asked = (office.db, office.settings, OFFICER, 1, frozenset({1}))
    requests.route(*asked, to="education", reason="属教育")


def handed_back(office: Office) -> None:
    handed_over(office)
    asked = (office.db, office.settings, STRANGER, 1, frozenset({2}))
    requests.route(*asked, to="sasac", reason="属国资")


def answered(office: Office) -> None:
    opened(office)
    requests.answer(office.db, office.settings, OFFICER, 1, frozenset({1}), words="已办")


@pytest.mark.parametrize(
    "state", [opened, handed_over, handed_back, answered], ids=lambda state: state.__name__
)
def test_of_a_request(
    office: Office, enter: Callable[..., DeskClient], state: Callable[[Office], None]
) -> None:
    state(office)
    version = scalar(office.db, "SELECT version FROM request")

    def acts(me: Principal) -> Mapping[str, Act]:
        asked = (office.settings, me, 1, frozenset({version}))
        return {
            "answer": lambda db: requests.answer(db, *asked, words="-"),
            "transfer": lambda db: requests.route(db, *asked, to="commerce", reason="-"),
        }

    offered = compare(office, entered(enter), "/desk/requests/1", acts)
    # Once by anybody, then by the head alone.
    if state is handed_back:
        assert (offered["test.jia"], offered["test.bing"]) == ({"answer"}, {"answer", "transfer"})


def answer_it(office: Office, me: Principal, db: Database) -> None:
    objection_answers.answer(db, office.settings, me, 1, sustained=True, words="-")


@pytest.mark.parametrize("is_answered", [False, True])
def test_of_an_objection(
    office: Office, enter: Callable[..., DeskClient], *, is_answered: bool
) -> None:
    granted(office)
    objected(office)
    asked = (office.db, office.settings, LEADING_HEAD, 1)
    if is_answered:
        objection_answers.answer(*asked, sustained=False, words="-")
    for who_is, role, takes in (
        (LEADING_HEAD, Role.SUPERVISOR, not is_answered),
        (replace(GUARANTOR, role=Role.SUPERVISOR), Role.SUPERVISOR, False),  # granted it
        (replace(GUARANTOR, label="测试卯"), Role.OFFICER, False),
        (STRANGER, Role.SUPERVISOR, False),
    ):
        assert would_be_taken(office.db, partial(answer_it, office, who_is)) is takes
        try:
            offered = objection_answers.read_one(office.db, office.settings, who_is, 1).answerable
        except CaseworkError:
            offered = False
        assert (who_is.actor, offered) == (who_is.actor, takes)
        if who_is is LEADING_HEAD:
            client = enter("test.yin", role, bureau="development_reform")
            assert ("/answer" in client.get("/desk/objections/1").text) is takes
