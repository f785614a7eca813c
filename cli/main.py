"""`wenqi`: the command line. Each command imports what it needs when it is called."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.account import account
from cli.addresses import addresses
from cli.audit import audit
from cli.bureaus import bureaus
from cli.clock import clock
from cli.deadletter import dead_letter
from cli.doctor import doctor
from cli.importing.command import import_
from cli.keys import keys
from cli.message import message
from cli.migrate import migrate
from cli.options import FOLDER, sentences, without_servers
from cli.payments import payments
from cli.practice import practice
from cli.purge import purge
from cli.report import report
from cli.token import token
from cli.webhook import webhook
from deploy.local.instance import Instance, environment_of

if TYPE_CHECKING:
    from config.settings import Settings


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no entry for this number, as in containers
        return str(os.getuid())


def _show_version(context: click.Context, _param: click.Parameter, wanted: bool) -> None:
    if wanted:
        from config import build

        click.echo(f"wenqi {build.VERSION} ({build.revision()})")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Which build this is.",
)
@click.option(
    "--by",
    envvar="WENQI_BY",
    default=_system_user,
    show_default="the system's user",
    help="Who you are: named by events of what you do.",
)
def main(by: str) -> None:
    """Wenqi 稳企: applications under a government notice, from receipt to follow-up visit."""
    from casework import events

    events.operator.set(by)
    # Chinese output must not fail on a terminal that claims to be ASCII.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)


@main.command()
@FOLDER
@click.option("--port", envvar="PORT", type=int, default=8000, show_default=True)
@click.option("--once", envvar="ONCE", is_flag=True, help="Exit once everything is up.")
@click.option("--demo", envvar="DEMO", is_flag=True, help="Submit the bundled samples.")
@click.option(
    "--demo-if-empty", is_flag=True, help="Submit them where there is no application yet."
)
def up(folder: Path, port: int, *, once: bool, demo: bool, demo_if_empty: bool) -> None:
    """Start everything and keep serving."""
    with sentences():
        without_servers()
    # Only now: a wrong setting is told at once.
    from cli import up as command

    asked = command.Demo.IF_EMPTY if demo_if_empty else command.Demo.NO
    if demo:
        asked = command.Demo.YES
    with sentences():
        sys.exit(command.up(folder, port=port, once=once, demo=asked, environ=os.environ))


@main.command()
@FOLDER
def ps(folder: Path) -> None:
    """Show what the running instance's processes are doing."""
    from deploy.local.supervise import program_states

    running = Instance(folder).running()
    if running is None:
        raise click.ClickException(f"Nothing runs from {folder}.")
    click.echo(running.url)
    for state in program_states(Path(running.control_socket)):
        click.echo(f"{state.name:15} {state.state:9} {state.description}")


@main.command()
@FOLDER
@click.argument("names", nargs=-1, required=True)
def restart(folder: Path, names: tuple[str, ...]) -> None:
    """Stop and start NAMES, processes as `wenqi ps` lists them. One that hangs is killed."""
    from deploy.local.supervise import restart as command

    running = Instance(folder).running()
    if running is None:
        raise click.ClickException(f"Nothing runs from {folder}.")
    with sentences():
        for name in names:
            click.echo(f"{name}: stopping ...")
            command(Path(running.control_socket), name)
            click.echo(f"{name}: started")


URL = click.option("--url", help="Address of the API (default: the running instance's).")


@main.group(invoke_without_command=True)
@FOLDER
@URL
@click.pass_context
def demo(context: click.Context, folder: Path, url: str | None) -> None:
    """Submit the bundled samples and show what became of each."""
    if context.invoked_subcommand is not None:
        return
    with sentences():
        settings = _settings(folder)
        from cli.demo import samples as command
        from cli.demo.backstage import intake_token, token_maker

        processed = command.run(
            url or settings.public_url, token_maker(settings), intake_token(settings)
        )
        sys.exit(0 if processed else 1)


@demo.command()
@FOLDER
@URL
@click.pass_context
def casework(context: click.Context, folder: Path, url: str | None) -> None:
    """Live one case from submission to rating and print its timeline."""
    if context.parent is not None:
        url = url or context.parent.params["url"]

    with sentences():
        settings = _settings(folder)
        from cli.demo import story
        from cli.demo.http import DemoError

        try:
            story.tell(url or settings.public_url, settings)
        except DemoError as error:
            raise click.ClickException(str(error)) from error


def _settings(folder: Path) -> Settings:
    from config.settings import Settings

    settings = Settings.from_env(environment_of(Instance(folder), os.environ))
    from config.telemetry.logs import configure_logging

    configure_logging(settings.log_level, "cli")
    return settings


@main.command()
def measures() -> None:
    """Print the measures of NOTICE_ID as code and data have them now (docs/measures.md)."""
    with sentences():
        notice_id = without_servers().notice_id
    from cli.measures import document

    click.echo(document(notice_id), nl=False)


@main.command()
def errors() -> None:
    """Print every code that a refusal of the API can carry (docs/errors.md)."""
    from cli.errors import document

    click.echo(document(), nl=False)


@main.command()
def events() -> None:
    """Print the events that other systems are pushed (docs/events.md)."""
    from cli.events import document

    click.echo(document(), nl=False)


for group in (
    account,
    audit,
    bureaus,
    clock,
    import_,
    message,
    migrate,
    payments,
    practice,
    addresses,
    purge,
    report,
    token,
    webhook,
    dead_letter,
    doctor,
    keys,
):
    main.add_command(group)


if __name__ == "__main__":
    main()
