"""/.well-known/security.txt, as RFC 9116 wants it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.app import create_app
from config.settings import Settings, SettingsError
from tests.support.keys import TEST_RING, TEST_SECRET_KEY

ELSEWHERE = Settings(
    database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
    redis_url="redis://127.0.0.1:1/0",
    secret_key=TEST_SECRET_KEY,
    data_keys=TEST_RING,
)


def test_who_is_told_of_a_security_problem_is_said_where_rfc_9116_wants_it() -> None:
    path = "/.well-known/security.txt"
    assert create_app(ELSEWHERE).test_client().get(path).status_code == 404
    told = replace(
        ELSEWHERE,
        public_url="https://wenqi.example.org",
        security_contact="mailto:security@example.org",
        security_expires=date(2027, 6, 30),
    )
    answer = create_app(told).test_client().get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@example.org",
        "Expires: 2027-06-30T00:00:00+08:00",
        "Preferred-Languages: zh, en",
        "Canonical: https://wenqi.example.org/.well-known/security.txt",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"SECURITY_CONTACT": "mailto:a@example.org"},
        {"SECURITY_EXPIRES": "2027-06-30"},
        {"SECURITY_CONTACT": "security@example.org", "SECURITY_EXPIRES": "2027-06-30"},
        {"SECURITY_CONTACT": "mailto:a@example.org", "SECURITY_EXPIRES": "soon"},
    ],
)
def test_half_a_security_contact_is_refused(wrong: dict[str, str]) -> None:
    servers = {"DATABASE_URL": ELSEWHERE.database_url, "REDIS_URL": ELSEWHERE.redis_url}
    with pytest.raises(SettingsError, match="SECURITY_"):
        Settings.from_env({**servers, **wrong})
