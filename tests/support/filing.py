"""Filing as a trusted client, as tests, bench and faults do unless they are about who files."""

from __future__ import annotations

from typing import Any, Final

from casework.intake import accept as intake
from casework.intake.accept import Accepted
from casework.intake.identity import Identity
from casework.people import tokens
from casework.personal.credentials import sent_code
from config.settings import Settings
from schemas.application import IDENTITY, Submission
from store.db import Database
from vocabulary.codes import Purpose
from vocabulary.identity import IdentityLevel, IdentityMeans
from vocabulary.people import Role

TRUSTED: Final = Identity(IdentityLevel.ASSURED, IdentityMeans.OPERATOR)
OPEN_FORM: Final = Identity()
STATED: Final[dict[str, Any]] = {IDENTITY: {"level": IdentityLevel.ASSURED.value}}
"""What a trusted client adds to a body."""


def accept(
    database: Database,
    settings: Settings,
    submission: Submission,
    *,
    identity: Identity = TRUSTED,
    **given: Any,
) -> Accepted:
    """`casework.intake.accept`, of an applicant who is known."""
    return intake.accept(database, settings, submission, identity=identity, **given)


def credentials(
    database: Database,
    settings: Settings,
    vouches: IdentityLevel = IdentityLevel.ASSURED,
    label: str = "测试申报渠道",
) -> dict[str, str]:
    """The headers of a sending system; the same label is the same system."""
    token = tokens.create(
        database,
        settings,
        bureau="sasac",
        role=Role.INTAKE,
        label=label,
        vouches=vouches,
    )
    return {"Authorization": f"Bearer {token}"}


def code_of(database: Database, settings: Settings, receipt: str) -> str:
    """The latest code sent for an application, as its addressee would read it."""
    with database.statement() as conn:
        row = conn.exec_driver_sql(
            "SELECT c.purpose, c.nonce FROM contact_code AS c"
            " JOIN application AS a ON a.id = c.application_id"
            " WHERE a.receipt = %(receipt)s ORDER BY c.id DESC LIMIT 1",
            {"receipt": receipt},
        ).one()
    return sent_code(settings.require_secret_key(), Purpose(row.purpose), bytes(row.nonce))
