"""Robots whose addresses administrators type: they are called on the public internet alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from casework.docket.in_force import InForce
from casework.outbox import bureau_addresses
from config.channels import Contact
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import scalar
from tests.support.notifying import assessed, send
from tests.support.receiver import Answer, Receiver
from vocabulary.deliveries import Recipient


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.answer = lambda _: Answer(body=b'{"errcode": 0, "errmsg": "ok"}')
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", None])
def test_what_was_typed_at_the_desk_is_never_called_inside_a_network(
    database: Database, settings: Settings, receiver: Receiver, tmp_path: Path, host: str | None
) -> None:
    own = Contact("dingtalk", f"{receiver.url}/own?access_token=robot-key-0000")
    listed = tmp_path / "addresses.toml"
    listed.write_text(
        f'[commerce]\nchannels = [{{ channel = "dingtalk", address = "{own.address}" }}]\n',
        encoding="utf-8",
    )
    # The operator's word on webhooks is none on robots.
    settings = replace(
        settings, bureau_addresses=listed, webhook_allow_private=True, http_timeout=2
    )
    port = urlsplit(receiver.url).port
    typed = f"https://{host}:{port}/inside" if host else f"{receiver.url}/inside"
    ways = [Contact("wecom", typed), own]
    bureau_addresses.change(database, settings, Recipient("sasac"), ways, "sasac:a")
    in_force = InForce(database, settings).settings()
    assert in_force.bureau_contacts()["sasac"] == tuple(ways)
    assessed(database, in_force)
    send(database, in_force)
    send(database, in_force)
    # What the operator's file names is called wherever it lies, though somebody typed it as well.
    assert {urlsplit(each.path).path for each in receiver.received} == {"/own"}
    refused = "SELECT last_error FROM delivery WHERE channel = 'wecom' AND state = 'failed'"
    assert scalar(database, refused).startswith("permanent: http: the ")
