"""One person is one identity, whatever they come with; rights are what they are at the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from casework.acts import approval
from casework.acts.determine import Decision
from casework.docket.second_person import SecondPersonRequired
from casework.followup import visit_calendar
from casework.followup.visit_calendar import FeedNotFound
from casework.people import access, accounts, delegations, tokens
from casework.people.access import Principal, TokenRefused
from casework.people.accounts import AccountNotFound, InvalidAccount
from casework.people.tokens import InvalidToken
from casework.reporting import export_files, exports
from casework.reporting.exports import ExportNotFound
from casework.reporting.scope import Scope
from casework.work.dispatch import Stage
from tests.support.ledgers import claim_ids, scalar
from tests.support.office import RENT, Office, decide
from vocabulary.exports import ExportFormat
from vocabulary.people import Role

LOGIN = "test.jia"


def hire(office: Office, login: str = LOGIN, *roles: Role, formerly: str | None = None) -> None:
    accounts.add(
        office.db, office.settings, bureau="sasac", login=login, name="测试甲",
        roles=roles or [Role.OFFICER], formerly=formerly,
    )  # fmt: skip


def token(office: Office, role: Role = Role.OFFICER, label: str = LOGIN) -> str:
    return tokens.create(office.db, office.settings, bureau="sasac", role=role, label=label)


def come(office: Office, credential: str) -> Principal:
    return access.authenticate(office.db, office.settings, credential)


def test_a_token_of_a_person_does_what_the_account_may_at_this_moment(office: Office) -> None:
    hire(office)
    with pytest.raises(InvalidToken, match="没有角色"):
        token(office, Role.SUPERVISOR)
    held = token(office)
    assert come(office, held).actor == f"sasac:{LOGIN}"
    accounts.change(office.db, LOGIN, roles=[Role.SUPERVISOR])
    with pytest.raises(TokenRefused):
        come(office, held)
    accounts.change(office.db, LOGIN, roles=[Role.SUPERVISOR, Role.OFFICER])
    assert come(office, held).role == Role.OFFICER
    accounts.disable(office.db, LOGIN)
    with pytest.raises(TokenRefused):
        come(office, held)
    with pytest.raises(InvalidToken, match="停用"):
        token(office)


def test_who_had_tokens_before_the_account_is_the_same_person(office: Office) -> None:
    held = token(office, label="测试甲")
    hire(office, LOGIN, Role.SUPERVISOR, Role.OFFICER, formerly="测试甲")
    assert come(office, held).actor == "sasac:测试甲"
    with pytest.raises(InvalidAccount, match="已有账号"):
        hire(office, "test.jia2", formerly="测试甲")
    with pytest.raises(InvalidAccount, match="已有人使用"):
        hire(office)
    accounts.change(office.db, " ＴＥＳＴ.jia ", roles=[Role.OFFICER], bureau="finance")
    (person,) = accounts.list_all(office.db)
    assert (person.bureau, person.label, person.login) == ("finance", "测试甲", LOGIN)
    assert scalar(office.db, "SELECT actor FROM account") == "sasac:测试甲"


@pytest.mark.parametrize(
    "wrong",
    [{"bureau": "nobody"}, {"roles": ["system"]}, {"roles": []}, {"login": "a b"}, {"login": " "}],
    ids=str,
)
def test_no_account_for_nobody(office: Office, wrong: dict[str, object]) -> None:
    given: dict[str, object] = {"bureau": "sasac", "login": LOGIN, "name": "测试甲", **wrong}
    with pytest.raises(InvalidAccount):
        accounts.add(office.db, office.settings, **given)  # type: ignore[arg-type]
    with pytest.raises(AccountNotFound):
        accounts.disable(office.db, LOGIN)


def test_two_tokens_of_one_person_are_no_two_persons(office: Office) -> None:
    office = Office(office.db, replace(office.settings, determination_approval_yuan=Decimal(1)))
    receipt = office.submit().receipt
    officer = come(office, token(office, Role.OFFICER))
    head = come(office, token(office, Role.SUPERVISOR))
    other = come(office, token(office, Role.SUPERVISOR, "test.yi"))
    yes = Decision(granted=True, amount=Decimal(RENT), reason="经核属实")
    assert decide(office, receipt, yes, officer).state == "awaiting_approval"

    def approve(who: Principal) -> None:
        approval.decide_proposal(
            office.db, office.settings, who, receipt, office.seen(receipt),
            approved=True, note="同意",
        )  # fmt: skip

    for who in (head, replace(head, token=None)):
        with pytest.raises(SecondPersonRequired):
            approve(who)
    approve(other)


def test_a_token_works_from_its_networks_alone_and_says_when_it_was_used(
    office: Office, travel: Callable[[int], None]
) -> None:
    made = tokens.create(
        office.db, office.settings, bureau="sasac", role="system", label="测试系统",
        addresses=["10.1.2.0/24", "2001:db8::/32"],
    )  # fmt: skip
    for address in ("10.1.3.1", "::1", None):
        with pytest.raises(TokenRefused):
            access.authenticate(office.db, office.settings, made, address)
    assert scalar(office.db, "SELECT last_used_at FROM api_token") is None
    seen = []
    for seconds in (0, 30, 40):
        travel(seconds)
        for address in ("10.1.2.7", "2001:db8::7"):
            access.authenticate(office.db, office.settings, made, address)
        seen.append(scalar(office.db, "SELECT last_used_at FROM api_token"))
    assert seen[0] == seen[1] < seen[2]
    with pytest.raises(InvalidToken, match="网段"):
        tokens.create(
            office.db, office.settings, bureau="sasac", role="system", label="x", addresses=["a"]
        )
    rotated = tokens.rotate(office.db, office.settings, 1)
    with pytest.raises(TokenRefused):
        access.authenticate(office.db, office.settings, rotated, "10.1.3.1")


def test_a_role_is_lent_only_while_its_lender_has_it(office: Office) -> None:
    hire(office, "test.bing", Role.SUPERVISOR)
    hire(office)
    head = come(office, token(office, Role.SUPERVISOR, "test.bing"))
    delegations.lend(
        office.db, office.settings, head, to=LOGIN, ends_on=office.in_days(5), reason="年休假"
    )
    held = token(office)
    assert [lent.actor for lent in come(office, held).lent] == ["sasac:test.bing"]
    accounts.change(office.db, "test.bing", roles=[Role.OFFICER])
    assert come(office, held).lent == ()
    accounts.change(office.db, "test.bing", roles=[Role.SUPERVISOR])
    accounts.disable(office.db, "test.bing")
    assert come(office, held).lent == ()


def shared(office: Office, who: Principal) -> tuple[Callable[[], object], Callable[[], object]]:
    """A download link and a calendar feed of theirs, to be read."""
    asked = exports.request(
        office.db, office.settings, who, Scope(bureau="sasac"), ExportFormat.CSV
    )
    export_files.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.EXPORT)
    )
    feed = visit_calendar.create(office.db, office.settings, who, "科室日历")
    link = asked.download_url.rpartition("/")[2]
    address = feed.url.rpartition("/")[2].removesuffix(".ics")
    return (
        lambda: exports.open_download(office.db, office.settings, link),
        lambda: visit_calendar.read(office.db, office.settings, address),
    )


@pytest.mark.parametrize("end", ["disable", "role", "bureau", "revoke", "expire"])
def test_links_end_with_the_right_of_their_maker(
    office: Office, travel: Callable[[int], None], end: str
) -> None:
    hire(office, LOGIN, Role.SUPERVISOR)
    short = tokens.create(
        office.db, office.settings, bureau="sasac", role="supervisor", label=LOGIN, days=1
    )
    download, feed = shared(office, come(office, short))
    download(), feed()
    match end:
        case "disable":
            accounts.disable(office.db, LOGIN)
        case "role":
            accounts.change(office.db, LOGIN, roles=[Role.ADMIN])
        case "bureau":
            accounts.change(office.db, LOGIN, roles=[Role.SUPERVISOR], bureau="finance")
        case "revoke":
            tokens.revoke(office.db, 1)
        case _:
            travel(86400 - 60)
            download(), feed()
            travel(120)
    with pytest.raises(ExportNotFound):
        download()
    with pytest.raises(FeedNotFound):
        feed()


def test_an_account_that_is_opened_anew_has_nothing_of_before(office: Office) -> None:
    hire(office, LOGIN, Role.SUPERVISOR)
    bearer = token(office, Role.SUPERVISOR, LOGIN)
    by_token = shared(office, come(office, bearer))
    by_session = shared(office, replace(come(office, bearer), token=None))
    accounts.disable(office.db, LOGIN)
    accounts.reset(office.db, office.settings, LOGIN)
    with pytest.raises(TokenRefused):
        come(office, bearer)
    for download, feed in (by_token, by_session):
        with pytest.raises(ExportNotFound):
            download()
        with pytest.raises(FeedNotFound):
            feed()


def test_links_outlive_a_session_and_a_rotation_but_no_loan(office: Office) -> None:
    hire(office, "test.bing", Role.SUPERVISOR)
    hire(office)
    head = come(office, token(office, Role.SUPERVISOR, "test.bing"))
    download, feed = shared(office, replace(head, token=None))
    tokens.revoke(office.db, 1)
    download(), feed()
    first = token(office, Role.SUPERVISOR, "test.bing")
    _, kept = shared(office, come(office, first))
    second = tokens.rotate(office.db, office.settings, 2)
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE api_token SET expires_at = app_now() WHERE id = 2")
    kept()
    lent = delegations.lend(
        office.db, office.settings, come(office, second), to=LOGIN, ends_on=office.in_days(5),
        reason="年休假",
    )  # fmt: skip
    _, borrowed = shared(office, come(office, token(office)))
    borrowed()
    delegations.end(office.db, come(office, second), lent.id)
    with pytest.raises(FeedNotFound):
        borrowed()
