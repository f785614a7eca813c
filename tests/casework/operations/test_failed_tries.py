"""Failed tries on the trail: all of them counted, few rows."""

from __future__ import annotations

from dataclasses import replace

from casework.delivery import alerts
from casework.operations import bursts, doctor, failed_tries
from casework.operations.failed_tries import Credential, FailedTries
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import scalar
from tests.support.mailbox import Mailbox

ROWS = "SELECT count(*) FROM event WHERE type = 'access.failed'"
TRIES = "SELECT sum((data ->> 'tries')::int) FROM event WHERE type = 'access.failed'"


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_ten_thousand_from_one_network_are_few_rows_that_add_up(database: Database) -> None:
    clock = Clock()
    tries = FailedTries(database, clock)
    tries.note("203.0.113.7", Credential.TOKEN)
    assert scalar(database, ROWS) == 1, "the first is written at once"
    for number in range(9_998):
        tries.note(f"203.0.113.{number % 250}", Credential.TOKEN)
    clock.now += 60
    tries.note("2001:db8:1:2::3", Credential.LINK)
    assert scalar(database, TRIES) == 10_000
    assert scalar(database, ROWS) == 6
    seen = "SELECT array_agg(DISTINCT data ->> 'address') FROM event"
    assert scalar(database, seen) == ["2001:db8:1::/48", "203.0.113.0/24"]


def test_tries_from_everywhere_are_few_rows_too(database: Database) -> None:
    tries = FailedTries(database, Clock())
    for number in range(2_000):
        tries.note(f"10.{number // 250}.{number % 250}.1", Credential.ACCESS_CODE)
    assert scalar(database, ROWS) <= failed_tries.MOST_NETWORKS + 5
    others = "SELECT count(*) FROM event WHERE data ->> 'address' = 'others'"
    assert scalar(database, others) > 0


def test_what_is_no_address_and_a_database_that_is_away_stop_nobody() -> None:
    tries = FailedTries(Database("postgresql://nobody@127.0.0.1:1/none", pool_wait_seconds=1))
    tries.note("", Credential.LOGIN)
    assert failed_tries.shortened("") == "unknown"


def test_a_burst_is_told_once_an_hour_and_the_doctor_says_it(
    database: Database, settings: Settings, mailbox: Mailbox
) -> None:
    told = replace(settings.auditing, operator_mail="operator@example.org")
    settings = replace(settings, smtp_url=mailbox.url, smtp_from="wenqi@example.org", auditing=told)
    tries = FailedTries(database, Clock())
    for _ in range(99):
        tries.note("203.0.113.7", Credential.TOKEN)
    assert alerts.run(database, settings) is None
    for _ in range(901):
        tries.note("203.0.113.7", Credential.TOKEN)
    burst = alerts.run(database, settings)
    assert burst == bursts.Burst(1000, "203.0.113.0/24")
    assert alerts.run(database, settings) is None, "the operator was told already"
    (mail,) = mailbox.accepted
    assert mail["To"] == "operator@example.org"
    assert "1000 次，多数来自 203.0.113.0/24" in mail.get_content()
    assert scalar(database, "SELECT count(*) FROM event WHERE type = 'access.alert'") == 1
    said = [one for one in doctor.examine(database, settings).warnings if "failed" in one]
    assert "1,000 codes, tokens, links or logins failed" in said[0]
