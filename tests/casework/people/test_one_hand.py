"""One administrator with several accounts, or with a hand between the look and the click."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.errors import NotPermitted
from casework.operations import staff
from casework.people import accounts, delegations, login, release, sessions
from casework.people.access import Principal
from casework.people.release import AccountWaits, SecondAdministratorRequired
from casework.people.sessions import SessionOver
from store.db import Database
from tests.support.hands import (
    HERE,
    administrator,
    comes,
    known,
    let_in,
    opened,
)
from tests.support.office import Office
from tests.support.people import PASSWORD, hire
from tests.support.plans import every_node
from vocabulary.people import Role

INDEX = "ix_event_of_accounts"
_LOGINS = """
INSERT INTO event (type, actor, at, data)
SELECT 'login.refused', 'test.guan', app_now(), '{}' FROM generate_series(1, 5000)
"""


def come(office: Office, who: str, *roles: Role) -> Principal:
    return comes(office, who, hire(office, who, *roles))


@pytest.mark.parametrize("asks_first", [True, False])
def test_an_administrator_and_whom_they_opened_do_not_lend_a_role_together(
    office: Office, asks_first: bool
) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    head, second = (
        come(office, "test.zhu", Role.SUPERVISOR),
        come(office, "test.fu", Role.SUPERVISOR),
    )
    come(office, "test.yi", Role.OFFICER)
    code = opened(office, one, "test.cao", Role.ADMIN)
    let_in(office, other, "test.cao")
    straw = comes(office, "test.cao", code)
    asks, confirms = (one, straw) if asks_first else (straw, one)

    def asked() -> int:
        return delegations.lend(
            office.db, office.settings, asks, to="test.yi", ends_on=office.in_days(5),
            reason="年休假", absent=head.label,
        ).id  # fmt: skip

    wanted = asked()
    with pytest.raises(NotPermitted):
        delegations.confirm(office.db, confirms, wanted)
    for each in (other, second, head):
        delegations.confirm(office.db, each, wanted)
        wanted = asked()


def test_what_was_reset_meanwhile_is_not_what_was_shown(office: Office) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    for who, opener in (("test.yi", None), ("test.bing", one)):
        if opener is None:
            hire(office, who, Role.OFFICER)  # whose code of an operator is not used yet
        else:
            code = opened(office, opener, who, Role.OFFICER)
            let_in(office, other, who)
            comes(office, who, code)
        both = [Role.OFFICER, Role.SUPERVISOR]
        staff.change(
            office.db, office.settings, one, known(office, who).id, roles=both, bureau="sasac"
        )
        shown = known(office, who)
        # The same roles, asked for by the same person, who has the code in hand by now.
        staff.reset(office.db, office.settings, one, shown.id)
        with pytest.raises(staff.ChangedMeanwhile):
            staff.let_in(office.db, other, shown.id, shown=staff.as_shown(shown))
        let_in(office, other, who)


def test_who_comes_by_the_provider_waits_after_a_reset_whatever_the_roles_are(
    office: Office,
) -> None:
    one = administrator(office, "test.guan")
    hire(office, "test.yi", Role.OFFICER)
    issuer = "https://login.example/"
    settings = replace(
        office.settings, accounts=replace(office.settings.accounts, oidc_issuer=issuer)
    )
    accounts.link(office.db, settings, "test.yi", "subject-1")
    found = known(office, "test.yi")
    staff.disable(office.db, one, found.id)
    staff.change(office.db, office.settings, one, found.id, roles=[Role.AUDITOR], bureau="sasac")
    staff.reset(office.db, settings, one, found.id)
    assert known(office, "test.yi").held_by == one.actor


def test_who_is_linked_to_the_provider_has_no_session_of_a_password_left(office: Office) -> None:
    one = administrator(office, "test.guan")
    begun = login.set_up(
        office.db, office.settings, HERE, login="test.yi",
        setup_code=opened(office, one, "test.yi", Role.AUDITOR), password=PASSWORD,
    )  # fmt: skip
    issuer = "https://login.example/"
    settings = replace(
        office.settings, accounts=replace(office.settings.accounts, oidc_issuer=issuer)
    )
    accounts.link(office.db, settings, "test.yi", "subject-1")
    with pytest.raises(SessionOver):
        sessions.authenticate(office.db, settings, begun.secret)


def test_a_second_asker_does_not_make_the_first_a_second_administrator(office: Office) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    hire(office, "test.yi", Role.OFFICER)
    found = known(office, "test.yi")
    both = [Role.OFFICER, Role.SUPERVISOR]
    staff.change(office.db, office.settings, one, found.id, roles=both, bureau="sasac")
    with pytest.raises(staff.WaitsForAnother):
        staff.change(office.db, office.settings, other, found.id, roles=both, bureau="finance")
    with pytest.raises(staff.WaitsForAnother):
        staff.reset(office.db, office.settings, other, found.id)
    # Who does not agree takes away what was given, or ends the account.
    staff.change(office.db, office.settings, other, found.id, roles=[Role.OFFICER], bureau="sasac")
    let_in(office, other, "test.yi")
    staff.change(office.db, office.settings, one, found.id, roles=both, bureau="sasac")
    staff.disable(office.db, other, found.id)
    # Begun anew by the other, it would come back with what nobody but the first has asked for.
    with pytest.raises(staff.WaitsForAnother):
        staff.reset(office.db, office.settings, other, found.id)
    assert not known(office, "test.yi").is_in_use
    staff.change(office.db, office.settings, other, found.id, roles=[Role.OFFICER], bureau="sasac")
    let_in(office, other, "test.yi")
    staff.reset(office.db, office.settings, other, found.id)
    assert known(office, "test.yi").roles == (Role.OFFICER,)
    let_in(office, one, "test.yi")


def test_nobody_alone_disables_a_guarded_account_and_has_its_code(office: Office) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    hire(office, "test.yi", Role.OFFICER)
    found = known(office, "test.yi")
    staff.disable(office.db, one, found.id)
    code = staff.reset(office.db, office.settings, one, found.id)
    with pytest.raises(AccountWaits):
        comes(office, "test.yi", code)
    with pytest.raises(SecondAdministratorRequired):
        let_in(office, one, "test.yi")
    let_in(office, other, "test.yi")
    comes(office, "test.yi", code)


def test_who_held_whose_account_is_not_looked_for_among_all_logins(owner_url: str) -> None:
    """With many of them stored, the question reads only what was done to accounts."""
    given = {"one": "a", "other": "b", "since": None, "by": "a", "id": 1}
    with Database(owner_url).transaction() as conn:
        conn.exec_driver_sql(_LOGINS)
        conn.exec_driver_sql("ANALYZE event")
        for asked in (release._MEET, release._ASKED):
            rows = conn.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {asked}", given)
            [plan] = rows.scalar_one()
            nodes = list(every_node(plan["Plan"]))
            read = [each for each in nodes if each.get("Relation Name") == "event"]
            indices = [each["Index Name"] for each in nodes if "Index Name" in each]
            assert "Seq Scan" not in [each["Node Type"] for each in read]
            assert {name for name in indices if name.startswith("ix_event")} == {INDEX}
        conn.rollback()
