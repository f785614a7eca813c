"""What commands share: the instance's folder, and the database behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from config.declared import is_given
from deploy.local.instance import Instance, default_folder, environment_of

if TYPE_CHECKING:
    from datetime import datetime

    from click.decorators import FC

    from casework.database import Database
    from casework.errors import CaseworkError
    from config.settings import Settings

# Where a server is not needed, these only satisfy the settings.
_NO_BROKER = {"REDIS_URL": "redis:///"}
_NO_SERVERS = {"DATABASE_URL": "postgresql:///none", **_NO_BROKER}


DAY: Final = click.DateTime(["%Y-%m-%d"])
"""A day, as the value of an option."""


def _checked(context: click.Context, _param: click.Parameter, folder: Path) -> Path:
    """Refuse wrong settings before a command loads what it works with: that takes a second, on a
    busy machine several."""
    environment = environment_of(Instance(folder), os.environ)
    if not context.resilient_parsing and is_given(environment, "DATABASE_URL"):
        _settings(environment)
    return folder


def _folder(**more: Any) -> Callable[[FC], FC]:
    return click.option(
        "--var",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=default_folder,
        show_default="var/ beside the code",
        help="Folder of the instance: data, logs, secrets.",
        **more,
    )


VAR = _folder(callback=_checked, is_eager=True)
"""Of commands that work on the instance's database (see `opened`)."""

FOLDER = _folder()
"""Of those that do not, or read its settings by themselves."""


def local(moment: datetime) -> str:
    """A moment as people here read it: in Asia/Shanghai, to the second."""
    from vocabulary.zone import CHINA

    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S %z}"


def in_english(error: CaseworkError) -> str:
    """What a use case refuses, to an operator (decision 46): its Chinese is for everybody else."""
    return error.english or f"It was refused: {error.code}."


def knows_broker(folder: Path) -> bool:
    """Whether a command is told of a broker: few need one."""
    return is_given(environment_of(Instance(folder), os.environ), "REDIS_URL")


def check_days(first: datetime | None, last: datetime | None) -> None:
    """Raises UsageError where `--to` is a day before `--from`: nothing would be found."""
    if first and last and last < first:
        raise click.UsageError("--to is a day before --from.")


def known_bureau(_context: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """The id of a bureau, as the value of an option."""
    from casework.notices import known

    if value is not None and (unknown := known.meant_bureau(value)) is not None:
        raise click.BadParameter(unknown.english)
    return value


def known_word(
    of: str, known: Callable[[], Collection[str]]
) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """What refuses an option's value that is none of `known`, with what may be meant."""

    def checked(_context: click.Context, _param: click.Parameter, value: str | None) -> str | None:
        from config.closest import hint

        if value is not None and value not in (words := known()):
            meant = hint(value, words).english or f"; there are {', '.join(words)}"
            raise click.BadParameter(f"There is no {of} {value}{meant}.")
        return value

    return checked


def without_servers() -> Settings:
    """The settings of what needs no server. Raises SettingsError."""
    from config.settings import Settings

    given = {name: value for name, value in os.environ.items() if value}
    without = {name: url for name, url in _NO_SERVERS.items() if not is_given(given, name)}
    return Settings.from_env({**without, **given})


def _settings(environment: Mapping[str, str]) -> Settings:
    from config.settings import Settings, SettingsError

    without = {} if is_given(environment, "REDIS_URL") else _NO_BROKER
    try:
        return Settings.from_env({**without, **environment})
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Database, Settings]]:
    """The instance's database and settings; refusals become one sentence and exit status 1."""
    environment = environment_of(Instance(folder), os.environ)
    if not is_given(environment, "DATABASE_URL"):
        raise click.ClickException(
            f"Nothing runs from {folder}, and DATABASE_URL names no database."
        )
    settings = _settings(environment)
    # Only now: what a wrong setting keeps from working is not loaded first.
    from casework.database import UNAVAILABLE, open_database
    from casework.docket.in_force import InForce
    from casework.errors import CaseworkError
    from config.keys import KeyMissing
    from config.settings import SettingsError
    from config.telemetry.logs import configure_logging

    configure_logging(settings.log_level, "cli")
    db = open_database(settings, process="cli", pool_size=1)
    try:
        yield db, InForce(db, settings).settings()
    except CaseworkError as error:
        raise click.ClickException(in_english(error)) from error
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    except KeyMissing as error:
        raise click.ClickException(str(error)) from error
    except UNAVAILABLE as error:
        raise click.ClickException("The database does not answer.") from error
    finally:
        db.close()


@contextmanager
def sentences() -> Iterator[None]:
    """Turn the errors we foresee into one sentence and exit status 1."""
    from config.keys import KeyMissing
    from config.settings import SettingsError
    from deploy.local.embedded import EmbeddedServerError
    from deploy.local.instance import InstanceError
    from deploy.local.leftovers import LeftoverError
    from deploy.local.supervise import SupervisionError

    try:
        yield
    except (
        EmbeddedServerError,
        InstanceError,
        KeyMissing,
        LeftoverError,
        SupervisionError,
        SettingsError,
    ) as error:
        raise click.ClickException(str(error)) from error
