"""`wenqi token`, `wenqi clock` and `wenqi account` as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casework.people import access, accounts, delegations
from casework.people.access import TokenRefused
from cli.main import main
from config.settings import Settings
from store.db import Database, app_now
from tests.support.ledgers import column
from vocabulary.people import Role

Wenqi = Callable[..., Result]


@pytest.fixture
def wenqi(environment: dict[str, str], tmp_path: Path, database: Database) -> Wenqi:
    assert column(database, "SELECT id FROM api_token") == []

    def run(*arguments: str, **env: str) -> Result:
        command = [*arguments, "--var", str(tmp_path)]
        return CliRunner().invoke(main, command, env={**environment, **env})

    return run


def test_a_tokens_life(wenqi: Wenqi, database: Database, settings: Settings) -> None:
    first = wenqi("token", "create", "sasac", "测试甲", "--role", "supervisor").stdout.strip()
    assert access.authenticate(database, settings, first).role == "supervisor"
    assert "sasac" in wenqi("token", "list").output
    assert first not in wenqi("token", "list").output

    second = wenqi("token", "rotate", "1", "--overlap-hours", "1").stdout.strip()
    for still_good in (first, second):
        assert access.authenticate(database, settings, still_good).actor == "sasac:测试甲"
    twice = wenqi("token", "rotate", "1")
    assert (twice.exit_code, "replaced before" in twice.output) == (1, True)
    assert wenqi("clock", "advance", "--hours", "2").exit_code == 0
    with pytest.raises(TokenRefused):
        access.authenticate(database, settings, first)

    assert "token 2 is revoked" in wenqi("token", "revoke", "2").output
    with pytest.raises(TokenRefused):
        access.authenticate(database, settings, second)
    assert wenqi("token", "revoke", "2").exit_code == 1
    assert "sasac" not in wenqi("token", "list").output
    ended = wenqi("token", "list", "--all").output
    assert ("expired 2" in ended, "revoked 2" in ended) == (True, True)
    assert column(database, "SELECT type FROM event ORDER BY id") == [
        "token.created",
        "token.rotated",
        "token.revoked",
    ]


def test_a_sending_system_is_shut_off_and_let_in_again(wenqi: Wenqi) -> None:
    wenqi(
        "token", "create", "sasac", "测试平台", "--role", "intake", "--vouches", "assured", "--test"
    )
    wenqi("token", "rotate", "1")
    wenqi("token", "create", "sasac", "测试甲")
    shut = wenqi("token", "shut", "1")
    assert (shut.exit_code, shut.output.strip()) == (0, "the system of token 1 is shut off")
    marks = {
        line.split()[0]: "SHUT" in line for line in wenqi("token", "list").stdout.splitlines()[2:]
    }
    assert marks == {"1": True, "2": True, "3": False}, "the system, whichever its token"
    assert "test SHUT" in wenqi("token", "list").output
    assert wenqi("token", "open", "2").output.strip() == "the system of token 2 may send again"
    assert "SHUT" not in wenqi("token", "list").output
    for act in ("shut", "open"):
        for number in ("3", "7"):
            refused = wenqi("token", act, number)
            assert (refused.exit_code, "no intake token" in refused.output) == (1, True)


def test_the_district_government_may_have_one_and_nobody_may_not(wenqi: Wenqi) -> None:
    assert wenqi("token", "create", "district_government", "测试乙").exit_code == 0
    refused = wenqi("token", "create", "nobody", "测试乙")
    assert (refused.exit_code, "There is no bureau nobody" in refused.output) == (1, True)


def test_business_time_is_shown_and_moved_only_where_it_may_be(wenqi: Wenqi) -> None:
    def shown(*arguments: str) -> datetime:
        return datetime.fromisoformat(wenqi("clock", *arguments).stdout.strip())

    before = shown("show")
    assert shown("advance", "--days", "3") - before >= timedelta(days=3)
    assert shown("show") - before >= timedelta(days=3)
    refused = wenqi("clock", "advance", "--days", "1", ALLOW_TIME_TRAVEL="0")
    assert (refused.exit_code, "ALLOW_TIME_TRAVEL=1" in refused.output) == (1, True)


def test_local_practice_is_proposed_here_and_agreed_to_elsewhere(
    wenqi: Wenqi, database: Database
) -> None:
    wenqi("account", "add", "sasac", "test.guan", "--name", "测试管理员", "--role", "admin")
    asked = ["practice", "set", "DETERMINE_WORKING_DAYS", "30", "--from", "2099-01-04"]
    asked += ["--reason", "经会议议定，另有纪要", "--by"]
    assert "is no administrator" in wenqi(*asked, "test.yi").output
    assert "change 1 waits for another" in wenqi(*asked, "test.guan").output
    wrong = wenqi(*asked[:3], "1e3", *asked[4:], "test.guan").output
    assert "DETERMINE_WORKING_DAYS must be a whole number from 1 to 250" in wrong
    assert "15 working days" in wenqi("practice", "list").output
    strange = wenqi("practice", "history", "DETERMINE_WORKING_DAY")
    assert (strange.exit_code, "did you mean DETERMINE_WORKING_DAYS" in strange.output) == (1, True)
    listed = wenqi("practice", "history", "DETERMINE_WORKING_DAYS").output
    assert ("2099-01-04" in listed, "pending" in listed) == (True, True)
    said = "SELECT actor FROM event WHERE type = 'practice.proposed'"
    assert column(database, said)[0].startswith("operator")


def test_what_one_administrator_opened_an_operator_may_confirm(
    wenqi: Wenqi, database: Database, settings: Settings
) -> None:
    accounts.add(
        database, settings, bureau="sasac", login="test.yi", name="测试乙", by="sasac:test.guan"
    )
    assert "waits for a second administrator" in wenqi("account", "list").output
    # It shows what is confirmed, and asks; nobody answers here.
    shown = wenqi("account", "release", "test.yi")
    assert shown.exit_code == 1
    assert "test.yi of sasac, roles officer\nasked for by sasac:test.guan since 20" in shown.output
    assert "Have you spoken with the person" in shown.output
    assert "waits for a second administrator" in wenqi("account", "list").output
    done = wenqi("account", "release", "test.yi", "--yes")
    assert "test.yi may be used" in done.output
    assert "Have you" not in done.output
    assert "waits for nobody" in wenqi("account", "release", "test.yi").output
    assert "waits" not in wenqi("account", "list").output
    assert "No account has the login" in wenqi("account", "release", "nobody").output
    said = "SELECT actor FROM event WHERE type = 'account.released'"
    assert column(database, said)[0].startswith("operator")


def test_an_operator_confirms_a_loan_that_nobody_else_can(
    wenqi: Wenqi, database: Database, settings: Settings
) -> None:
    for who, role in (("test.zhu", "supervisor"), ("test.yi", "officer"), ("test.guan", "admin")):
        accounts.add(database, settings, bureau="sasac", login=who, name="测试乙", roles=[role])
    one = access.Principal("sasac", Role.ADMIN, "test.guan", identity="sasac:test.guan")
    with database.statement() as conn:
        day = app_now(conn).date() + timedelta(days=3)
    made = delegations.lend(
        database, settings, one, to="test.yi", ends_on=day, reason="年休假", absent="test.zhu"
    )
    assert "supervisor  test.zhu  test.yi" in wenqi("account", "loans").output
    number = str(made.id)
    shown = wenqi("account", "confirm-loan", number).output
    assert "supervisor of test.zhu (sasac) to test.yi" in shown
    assert "asked for by sasac:test.guan 20" in shown
    assert "is confirmed" not in shown
    assert f"loan {number} is confirmed" in wenqi("account", "confirm-loan", number, "--yes").output
    assert "test.zhu" not in wenqi("account", "loans").output
    again = wenqi("account", "confirm-loan", number, "--yes")
    assert (again.exit_code, "waits to be confirmed" in again.output) == (1, True)
    with database.statement() as conn:
        lent = access.maker(conn, "sasac:test.yi", None)
    assert lent is not None
    assert [each.by for each in lent.lent] == ["test.zhu"]
    kinds = "SELECT actor FROM event WHERE type = 'delegation.confirmed'"
    assert column(database, kinds)[0].startswith("operator")
