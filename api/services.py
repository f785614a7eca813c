"""What the routes of one application object share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from casework.database import Database
from casework.groupcommit import GroupCommit
from config.notices import NoticeBundle
from config.settings import Settings

_KEY = "wenqi"


@dataclass(frozen=True, slots=True)
class Services:
    """The settings, the database, what files applications, and the notice in force."""

    settings: Settings
    db: Database
    filing: GroupCommit
    notice: NoticeBundle


def attach(app: Flask, made: Services) -> None:
    """Give the services to an application object."""
    app.extensions[_KEY] = made


def services() -> Services:
    """The services of the application that handles the present request."""
    return cast("Services", current_app.extensions[_KEY])
