"""Operators are answered in English, whichever room refuses them (decision 46)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from click.testing import CliRunner, Result

from casework.errors import ApplicationNotFound
from cli.main import main
from cli.options import in_english, opened
from config.settings import every_setting
from tests.support.office import Office

CHINESE: Final = re.compile("[一-鿿]")
OURS: Final = ("稳企",)
"""The product's own name."""
FOR_BUREAUS: Final = frozenset(
    {"import", "report", "measures", "errors", "events", "demo", "demo casework", "bureaus"}
)
"""What these print is read by others: clerks about their rows, officers about their numbers,
integrators about the API's words; or it is names."""
NEVER: Final = frozenset({"up", "demo", "demo casework"})
"""Would start something."""
URL: Final = "https://system.example.org/hook"


def leaves() -> Iterator[tuple[str, click.Command]]:
    def below(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
        if path and not (isinstance(command, click.Group) and not command.invoke_without_command):
            yield " ".join(path), command
        if isinstance(command, click.Group):
            for name, each in sorted(command.commands.items()):
                yield from below(each, (*path, name))

    yield from below(main, ())


COMMANDS: Final = dict(leaves())


@pytest.fixture
def given(
    environment: dict[str, str], office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> list[str]:
    """Where commands find the test's database; the last of a command's arguments."""
    for item in every_setting():
        monkeypatch.delenv(item.variable.name, raising=False)
    for name, value in {**environment, "ALLOW_TIME_TRAVEL": "0"}.items():
        monkeypatch.setenv(name, value)
    office.submit()
    return ["--var", str(tmp_path)]


def in_chinese(said: str) -> list[str]:
    for word in OURS:
        said = said.replace(word, "")
    return [line for line in said.splitlines() if CHINESE.search(line)]


def made_up(parameter: click.Parameter) -> str:
    """What somebody might give who mistypes."""
    if isinstance(parameter.type, click.Choice):
        return str(parameter.type.choices[0])
    if isinstance(parameter.type, click.types.IntParamType):
        return "99"
    return str(Path(__file__)) if isinstance(parameter.type, click.Path) else "nosuch"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_help_is_in_one_language() -> None:
    groups = [(), ("account",), ("audit",), ("token",), ("webhook",), ("keys",), ("dead-letter",)]
    for path in [*groups, *(tuple(name.split()) for name in COMMANDS)]:
        told = run(*path, "--help")
        assert told.exit_code == 0, path
        assert in_chinese(told.output) == [], path


def test_every_command_answers_wrong_and_missing_words_in_it(given: list[str]) -> None:
    for name, command in COMMANDS.items():
        if name in NEVER:
            continue
        words = name.split()
        takes_folder = any(each.name == "folder" for each in command.params)
        where = given if takes_folder else []
        required = [each for each in command.params if each.required]
        filled: list[str] = []
        for each in required:
            option = [each.opts[-1]] if isinstance(each, click.Option) else []
            filled += [*option, made_up(each)]
        for arguments in (["--nosuch"], [*filled, *where], ["nosuch", *where]):
            told = run(*words, *arguments)
            assert told.exception is None or isinstance(told.exception, SystemExit), (name, told)
            if name not in FOR_BUREAUS:
                assert in_chinese(told.output) == [], (name, arguments)


def test_whatever_a_use_case_refuses_is_said_in_it(given: list[str]) -> None:
    assert run("webhook", "add", "sasac", URL, *given).exit_code == 0
    assert run("webhook", "disable", "1", *given).exit_code == 0
    for command, said in (
        (("token", "rotate", "99"), "does not exist"),
        (("token", "revoke", "99"), "does not exist"),
        (("token", "create", "sasac", " "), "LABEL must say"),
        (("token", "create", "sasaq", "x"), "did you mean sasac"),
        (("token", "create", "sasac", "x", "--role", "intake"), "--vouches"),
        (("token", "create", "sasac", "x", "--from", "nowhere"), "10.1.2.0/24"),
        (("webhook", "add", "sasac", URL, "--event", "application.assesed"), "did you mean"),
        (("webhook", "add", "sasac", "https://10.0.0.1/"), "WEBHOOK_ALLOW_PRIVATE=1"),
        (("webhook", "add", "sasac", "http://one.example.org/"), "must begin with https://"),
        (("webhook", "replay", "1"), "wenqi webhook enable"),
        (("webhook", "rotate", "99"), "no endpoint 99"),
        (("account", "disable", "nobody"), "nobody"),
        (("account", "add", "sasac", "a b", "--name", "x"), "no blanks"),
        (("clock", "advance", "--days", "1"), "ALLOW_TIME_TRAVEL=1"),
        (("message", "preview", "application.assessed", "email", "--receipt", "WQ1"), "WQ1"),
        (("report", "intake", "--bureau", "sasaq"), "did you mean sasac"),
        (("report", "--from", "2020-03-02", "--to", "2020-03-01"), "--to is a day before --from"),
        (("audit", "list", "--from", "2020-03-02", "--to", "2020-03-01"), "before --from"),
        (("import", "--template", "nosuch"), "No such form"),
    ):
        told = run(*command, *given)
        assert told.exit_code in (1, 2), (command, told.output)
        assert said in told.output, (command, told.output)
        assert in_chinese(told.output) == [], command


def test_a_room_that_knows_no_english_is_not_quoted(given: list[str]) -> None:
    with pytest.raises(click.ClickException) as told, opened(Path(given[1])):
        raise ApplicationNotFound
    assert told.value.message == "It was refused: application_not_found."
    assert in_english(ApplicationNotFound(english="There is none.")) == "There is none."


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "REDIS_URL", "NOTICE_ID", "DETERMINE_WORKING_DAYS"]
)
def test_a_wrong_setting_too(given: list[str], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "nosuch")
    told: Any = run("token", "list", *given)
    assert told.exit_code == 1
    assert name in told.output
    assert in_chinese(told.output) == []
