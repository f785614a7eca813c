"""What the routes of one application object share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from api.limits import Limiter
from api.opening import Opening
from api.probe import Probe
from casework.database import Database
from casework.docket.clients import Clients
from casework.docket.in_force import InForce
from casework.intake.group_commit import GroupCommit
from casework.operations.failed_tries import FailedTries
from casework.operations.gauges import Reading
from config.settings import Settings
from schemas.form_set import FormsOf
from schemas.health import Ready

_KEY = "wenqi"


@dataclass(frozen=True, slots=True)
class Services:
    """The settings as they are in force, the database, what files applications, the forms by
    notice, the systems that send filings, the limits that callers are held to, the failed tries on
    their way to the trail, the probes of whether all parts work (`ready`) and of what monitoring
    is told (`measured`), and whether the process serves yet (`opening`)."""

    in_force: InForce
    db: Database
    filing: GroupCommit
    forms_of: FormsOf
    clients: Clients
    limiter: Limiter
    tries: FailedTries
    ready: Probe[Ready]
    measured: Probe[list[Reading]]
    opening: Opening

    @property
    def settings(self) -> Settings:
        """The environment's, with what administrators have changed."""
        return self.in_force.settings()


def attach(app: Flask, made: Services) -> None:
    """Give the services to an application object."""
    app.extensions[_KEY] = made


def services() -> Services:
    """The services of the application that handles the present request."""
    return of(current_app)


def of(app: Flask) -> Services:
    """The services of an application object."""
    return cast("Services", app.extensions[_KEY])
