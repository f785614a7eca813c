"""What fails for real, in its real pauses, until it is given up; and what an operator does then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework.delivery import webhooks
from cli.main import main
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.ledgers import column
from tests.support.receiver import Answer, Receiver
from tests.support.waiting import wait_for


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.stop()


def test_what_is_given_up_after_its_last_attempt_is_listed_shown_and_tried_again(
    database: Database,
    settings: Settings,
    environment: dict[str, str],
    launch_app: Callable[..., App],
    receiver: Receiver,
    tmp_path: Path,
) -> None:
    def wenqi(*arguments: str) -> str:
        command = ["dead-letter", *arguments, "--var", str(tmp_path)]
        done = CliRunner().invoke(main, command, env=environment)
        assert done.exit_code == 0, done.output
        return done.output

    receiver.answer = lambda _: Answer(500)
    pushing = replace(settings, webhook_allow_private=True)
    number, _ = webhooks.add(database, pushing, bureau="sasac", url=receiver.url)
    webhooks.send_test(database, number)
    env = {"WEBHOOK_ALLOW_PRIVATE": "1", "MAX_ATTEMPTS": "2"}
    app = launch_app("relay", "worker-notify", env=env)

    listed = wait_for(
        lambda: (said := wenqi("list")) != "no dead letters\n" and said, "it is given up"
    )
    item, stage, _, rest = str(listed).split("  ", 3)
    assert stage == "notify"
    assert rest.startswith("attempts 2  since ")
    assert "500" in rest
    assert len(receiver.received) == 2, "as often as is tried, and no more"
    assert column(database, "SELECT attempts FROM delivery") == [2]
    shown = wenqi("show", item)
    assert "attempts    2" in shown
    assert f"once more   wenqi dead-letter retry {item}" in shown

    receiver.answer = lambda _: Answer(200)
    assert wenqi("retry", item) == "1 of 1 are tried again\n"
    wait_for(
        lambda: column(database, "SELECT state FROM delivery") == ["sent"], "it arrives at last"
    )
    first, second, last = (request.json["id"] for request in receiver.received)
    assert first == second == last, "one message to whoever receives it"
    assert wenqi("list") == "no dead letters\n"
    assert app.is_running("worker-notify"), app.log("worker-notify")
