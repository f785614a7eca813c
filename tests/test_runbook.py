"""docs/runbook.md speaks of commands, options, processes, metrics and headings that there are."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from cli.main import main
from deploy.local.processes import application_programs
from vocabulary import troubles

ROOT = Path(__file__).parents[1]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
ASSIGNMENT = re.compile(r"[A-Z_]+=\S*")


def spoken() -> list[str]:
    """Every command line of the shell blocks and every one between backticks."""
    blocks = re.findall(r"^```sh\n(.*?)^```", RUNBOOK, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`((?:wenqi|make) [^`]+)`", RUNBOOK)
    return [line for line in lines if re.search(r"\b(wenqi|make) ", line)]


def words(line: str) -> list[str]:
    """A command line without comment and leading assignments, as the shell splits it."""
    split = shlex.split(line, comments=True)
    while split and ASSIGNMENT.fullmatch(split[0]):
        del split[0]
    return split


@pytest.mark.parametrize("line", [line for line in spoken() if words(line)[0] == "wenqi"])
def test_a_command_of_wenqi_exists_with_its_options(line: str) -> None:
    _, *rest = words(line)
    command: click.Command = main
    while isinstance(command, click.Group) and rest and rest[0] in command.commands:
        command = command.commands[rest.pop(0)]
    assert command is not main, f"there is no such command: {line}"
    # A group alone may be spoken of; with a word that is no command of it, it is a mistake.
    assert not (isinstance(command, click.Group) and rest), line
    if rest and "…" not in line:
        command.make_parser(click.Context(command)).parse_args(list(rest))


@pytest.mark.parametrize("line", [line for line in spoken() if words(line)[0] == "make"])
def test_a_target_of_make_exists_with_its_variables(line: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    _, target, *variables = words(line)
    assert re.search(rf"^{target}:", makefile, re.MULTILINE), line
    for variable in variables:
        assert f"({variable.partition('=')[0]})" in makefile or "PORT" in variable, line


def test_the_blocks_were_found() -> None:
    assert len([line for line in spoken() if words(line)[0] == "wenqi"]) > 20
    assert [line for line in spoken() if words(line)[0] == "make"]


def test_processes_that_are_restarted_exist() -> None:
    programs = application_programs(host="127.0.0.1", port=1, schedule=Path("schedule"))
    known = {program.name for program in programs} | {"postgres", "valkey"}
    named = {name for line in spoken() if "wenqi restart" in line for name in words(line)[2:]} - {
        "worker-q",
        "worker-…",
    }
    assert named
    assert named <= known


def test_the_doctor_sends_people_to_chapters_that_exist() -> None:
    source = Path(troubles.__file__).read_text(encoding="utf-8")
    chapters = re.findall(r"docs/runbook\.md, ([^\"]+)\"", source)
    assert chapters
    for chapter in chapters:
        assert f"\n## {chapter}\n" in RUNBOOK
