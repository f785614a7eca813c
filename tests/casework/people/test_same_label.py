"""Whoever is called in a bureau as somebody was before has nothing of theirs, and whoever begins
anew has nothing of whoever used the account."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.docket import kept_lists
from casework.followup import visit_calendar
from casework.followup.visit_calendar import FeedNotFound
from casework.people import access, accounts, delegations, login, sessions, tokens
from casework.people.access import Principal
from casework.people.accounts import InvalidAccount
from casework.people.delegations import DelegationNotFound
from casework.people.sessions import Session, SessionOver
from casework.reporting import export_files, exports
from casework.reporting.exports import ExportNotFound
from casework.reporting.scope import Scope
from casework.work.dispatch import Stage
from tests.support.hands import HERE, known
from tests.support.ledgers import claim_ids, column
from tests.support.office import Office
from tests.support.people import PASSWORD, hire
from vocabulary.exports import ExportFormat
from vocabulary.people import Role

HEAD, DEPUTY, OTHER = "test.zhu", "test.fu", "test.ling"


def enter(office: Office, who: str, code: str) -> tuple[Session, str]:
    """The first login, and the session's secret."""
    begun = login.set_up(
        office.db, office.settings, HERE, login=who, setup_code=code, password=PASSWORD
    )
    return sessions.authenticate(office.db, office.settings, begun.secret), begun.secret


def elsewhere(office: Office, label: str, *roles: Role) -> str:
    """Somebody of another bureau who is called the same; their login."""
    accounts.add(
        office.db, office.settings, bureau="finance", login=f"{label}.2", name="测试丁",
        roles=roles or [Role.SUPERVISOR], formerly=label,
    )  # fmt: skip
    return f"{label}.2"


def acts(office: Office, login_name: str) -> Principal:
    """As they may act now."""
    with office.db.statement() as conn:
        found = access.maker(conn, known(office, login_name).actor, None)
    assert found is not None
    return found


def lent(office: Office) -> int:
    """The head's role, for the deputy; both have logins."""
    hire(office, HEAD, Role.SUPERVISOR)
    hire(office, DEPUTY, Role.OFFICER)
    made = delegations.lend(
        office.db, office.settings, acts(office, HEAD), to=DEPUTY, ends_on=office.in_days(5),
        reason="年休假",
    )  # fmt: skip
    assert [each.actor for each in acts(office, DEPUTY).lent] == [f"sasac:{HEAD}"]
    return made.id


def ended(office: Office) -> list[str]:
    return column(
        office.db, "SELECT split_part(actor, ':', 1) FROM event WHERE type = 'delegation.ended'"
    )


@pytest.mark.parametrize("who", [HEAD, DEPUTY])
def test_a_loan_ends_when_one_of_the_two_goes_to_another_bureau(office: Office, who: str) -> None:
    lent(office)
    accounts.change(office.db, who, roles=known(office, who).roles, bureau="science")
    # Who comes into the bureau under the same name is another.
    newcomer = elsewhere(office, who)
    accounts.change(office.db, newcomer, roles=known(office, newcomer).roles, bureau="sasac")
    deputy = newcomer if who == DEPUTY else DEPUTY
    assert acts(office, deputy).lent == ()
    assert ended(office) == ["operator"]
    accounts.change(office.db, newcomer, roles=known(office, newcomer).roles, bureau="finance")
    accounts.change(office.db, who, roles=known(office, who).roles, bureau="sasac")
    assert acts(office, DEPUTY).lent == ()


@pytest.mark.parametrize("who", [HEAD, DEPUTY])
@pytest.mark.parametrize("end", ["disabled", "reset"])
def test_a_loan_ends_with_the_account_of_either_and_when_it_begins_anew(
    office: Office, who: str, end: str
) -> None:
    lent(office)
    if end == "disabled":
        accounts.disable(office.db, who)
    accounts.reset(office.db, office.settings, who)
    assert acts(office, DEPUTY).lent == ()
    assert ended(office) == ["operator"]


def test_what_was_only_asked_for_ends_too(office: Office) -> None:
    lent(office)
    hire(office, "test.guan", Role.ADMIN)
    asked = delegations.lend(
        office.db, office.settings, acts(office, "test.guan"), to=HEAD, ends_on=office.in_days(9),
        reason="外出学习", absent=DEPUTY,
    )  # fmt: skip
    accounts.change(office.db, HEAD, roles=[Role.SUPERVISOR], bureau="science")
    with pytest.raises(DelegationNotFound):
        delegations.confirm(office.db, acts(office, DEPUTY), asked.id)
    assert len(ended(office)) == 2
    # Those of others stay.
    assert delegations.list_all(office.db, acts(office, "test.guan")).items == []


def exported(office: Office, who: Principal) -> Callable[[], object]:
    """A download link of theirs, to be read; the file is not made yet."""
    asked = exports.request(
        office.db, office.settings, who, Scope(bureau="sasac"), ExportFormat.CSV
    )
    link = asked.download_url.rpartition("/")[2]
    return lambda: exports.open_download(office.db, office.settings, link)


def make_files(office: Office) -> None:
    export_files.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.EXPORT)
    )


def subscribed(office: Office, who: Principal, *, own: bool) -> Callable[[], object]:
    feed = visit_calendar.create(office.db, office.settings, who, "日历", own=own)
    address = feed.url.rpartition("/")[2].removesuffix(".ics")
    return lambda: visit_calendar.read(office.db, office.settings, address)


@pytest.fixture
def former(office: Office) -> tuple[Session, str, list[Callable[[], object]]]:
    """A head with a session, filters kept, a file, an export under way and both kinds of feed."""
    session, secret = enter(office, HEAD, hire(office, HEAD, Role.SUPERVISOR))
    who = session.principal
    done = exported(office, who)
    make_files(office)
    feeds = [subscribed(office, who, own=own) for own in (False, True)]
    kept_lists.keep(office.db, session, "超期", "overdue=true")
    for each in (done, *feeds):
        each()
    return session, secret, [done, exported(office, who), *feeds]


def nothing_opens(office: Office, secret: str, ways: list[Callable[[], object]]) -> None:
    make_files(office)
    for each in ways:
        with pytest.raises((ExportNotFound, FeedNotFound)):
            each()
    with pytest.raises(SessionOver):
        sessions.authenticate(office.db, office.settings, secret)


def test_whoever_is_called_as_a_disabled_account_was_has_nothing_of_it(
    office: Office, former: tuple[Session, str, list[Callable[[], object]]]
) -> None:
    before, secret, ways = former
    accounts.disable(office.db, HEAD)
    with pytest.raises(InvalidAccount, match="已有账号"):
        hire(office, OTHER, Role.SUPERVISOR, formerly=HEAD)
    # The name is free once the account is another bureau's, and the actor never is.
    accounts.change(office.db, HEAD, roles=[Role.SUPERVISOR], bureau="science")
    with pytest.raises(InvalidAccount, match=f"已有账号 {HEAD}"):
        hire(office, OTHER, Role.SUPERVISOR, formerly=HEAD)
    with pytest.raises(tokens.InvalidToken):
        tokens.create(office.db, office.settings, bureau="sasac", role="officer", label=HEAD)
    newcomer = elsewhere(office, HEAD)
    code = accounts.reset(office.db, office.settings, newcomer)
    accounts.change(office.db, newcomer, roles=[Role.SUPERVISOR], bureau="sasac")
    after, _ = enter(office, newcomer, code)
    assert (after.principal.bureau, after.principal.label) == ("sasac", HEAD)
    assert after.principal.actor != before.principal.actor
    assert kept_lists.read(office.db, after.account).lists == []
    assert len(sessions.list_own(office.db, office.settings, after)) == 1
    own = visit_calendar.list_all(office.db, office.settings, after.principal, own=True)
    assert own == []
    nothing_opens(office, secret, ways)


@pytest.mark.parametrize("disabled", [True, False])
def test_what_was_shared_with_an_account_ends_when_it_begins_anew(
    office: Office, former: tuple[Session, str, list[Callable[[], object]]], disabled: bool
) -> None:
    """Whoever used the code first, or has the lost telephone, keeps nothing."""
    _, secret, ways = former
    if disabled:
        accounts.disable(office.db, HEAD)
    enter(office, HEAD, accounts.reset(office.db, office.settings, HEAD))
    nothing_opens(office, secret, ways)


def test_a_program_goes_on_when_its_owner_begins_anew(office: Office) -> None:
    """Tokens are the operator's to give and to take."""
    hire(office, HEAD, Role.SUPERVISOR)
    made = tokens.create(office.db, office.settings, bureau="sasac", role="supervisor", label=HEAD)
    accounts.reset(office.db, office.settings, HEAD)
    assert access.authenticate(office.db, office.settings, made).label == HEAD
