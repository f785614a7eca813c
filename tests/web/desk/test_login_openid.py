"""Logging in at the desk with the OpenID provider: back where one was going, with a role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import requests
from flask.testing import FlaskClient

from config.accounts import Accounts, groups
from tests.support.office import Office
from tests.support.openid_provider import provider
from web.app import create_app


def go(client: FlaskClient, subject: str) -> str:
    """Log in at the provider; the path to come back by."""
    asked = client.get("/desk/login/oidc?to=/desk/cases")
    assert asked.status_code == 303, asked.text
    url = asked.headers["Location"]
    back = requests.post(url, data={"sub": subject}, timeout=30, allow_redirects=False)
    location = urlsplit(back.headers["Location"])
    return f"{location.path}?{location.query}"


def test_a_login_elsewhere_leads_to_the_page_asked_for(office: Office, tmp_path: Path) -> None:
    secret = tmp_path / "client-secret"
    secret.write_text("a-secret-of-the-client\n", encoding="utf-8")
    users = [
        {"sub": "u-1", "preferred_username": "test.jia", "name": "测试甲", "groups": ["heads"]},
        {"sub": "u-2", "preferred_username": "test.yi", "groups": ["x"]},
    ]
    with provider(tmp_path, users) as issuer:
        known = Accounts(
            oidc_issuer=issuer,
            oidc_client_id="wenqi",
            oidc_client_file=secret,
            oidc_groups=groups("heads=sasac:supervisor"),
        )
        app = create_app(replace(office.settings, accounts=known))
        client, stranger = app.test_client(), app.test_client()
        path = go(client, "u-1")
        # What was not asked for in this browser opens nothing.
        assert stranger.get(path).status_code == 401
        assert client.get(path).headers["Location"] == "/desk/cases"
        assert "测试甲" in client.get("/desk/cases").text
        refused = stranger.get(go(stranger, "u-2"))
        assert refused.status_code in (401, 403)
        assert stranger.get("/desk/cases").status_code == 303
