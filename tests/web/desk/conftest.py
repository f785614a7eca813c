"""The desk's pages without a server around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from api.services import services
from tests.support.desk_client import DeskClient
from tests.support.office import Office
from tests.support.pages import serving
from tests.support.servers import free_port
from vocabulary.people import Role
from web.app import create_app


@pytest.fixture
def app(office: Office) -> Iterator[Flask]:
    """Without a second factor, which `test_login` sets up once."""
    simple = replace(office.settings.accounts, second_factor=False)
    made = create_app(replace(office.settings, accounts=simple))
    yield made
    with made.app_context():
        services().db.close()


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """The desk served within this process, without a second factor."""
    port = free_port()
    simple = replace(office.settings.accounts, second_factor=False)
    url = f"http://127.0.0.1:{port}"
    made = create_app(replace(office.settings, public_url=url, accounts=simple))
    with serving(made, port) as served:
        yield served
    with made.app_context():
        services().db.close()


@pytest.fixture
def enter(app: Flask, office: Office) -> Callable[..., DeskClient]:
    """`enter("test.jia", Role.OFFICER)`: somebody who has logged in."""

    def make(login: str = "test.jia", *roles: Role, bureau: str = "sasac") -> DeskClient:
        return DeskClient(app).enter(office, login, *roles, bureau=bureau)

    return make
