"""A token for some networks alone, over HTTP: what a caller says of itself opens nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.app import create_app
from api.services import of
from casework.people import tokens
from config.limits import networks
from tests.support.office import Office

OURS = "203.0.113.9"
THEIRS = "198.51.100.7"


@pytest.mark.parametrize("behind_a_proxy", [False, True])
def test_a_token_is_taken_from_its_networks_alone(office: Office, behind_a_proxy: bool) -> None:
    limits = replace(office.settings.limits, proxies=networks("192.0.2.0/24"))
    settings = replace(office.settings, limits=limits) if behind_a_proxy else office.settings
    held = tokens.create(
        office.db, settings, bureau="sasac", role="system", label="测试系统",
        addresses=["203.0.113.0/24"],
    )  # fmt: skip
    app = create_app(settings)

    def status(peer: str, forwarded: str | None = None) -> int:
        given = {"Authorization": f"Bearer {held}"}
        if forwarded is not None:
            given["X-Forwarded-For"] = forwarded
        from_there = {"REMOTE_ADDR": peer}
        answer = app.test_client().get("/api/v1/cases", headers=given, environ_base=from_there)
        return answer.status_code

    assert status(OURS) == 200
    assert status(f"::ffff:{OURS}") == 200
    assert status(THEIRS) == 401
    # Anybody writes such a header.
    assert status(THEIRS, OURS) == 401
    assert status(THEIRS, f"{OURS}, {OURS}") == 401
    through = 200 if behind_a_proxy else 401
    assert status("192.0.2.1", OURS) == through
    assert status("192.0.2.1", THEIRS) == 401
    # What stands before the proxy's own entry was sent by the caller.
    assert status("192.0.2.1", f"{OURS}, {THEIRS}") == 401
    assert status("192.0.2.1", "") == 401
    of(app).db.close()
