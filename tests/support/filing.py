"""Filing as a trusted client, as tests, bench and faults do unless they are about who files."""

from __future__ import annotations

from typing import Any, Final

from casework.intake import accept as intake
from casework.intake.accept import Accepted
from casework.intake.identity import Identity
from casework.people import tokens
from config.settings import Settings
from schemas.application import IDENTITY, Submission
from store.db import Database
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
    database: Database, settings: Settings, vouches: IdentityLevel = IdentityLevel.ASSURED
) -> dict[str, str]:
    """The headers of a new sending system."""
    token = tokens.create(
        database,
        settings,
        bureau="sasac",
        role=Role.INTAKE,
        label="测试申报渠道",
        vouches=vouches,
    )
    return {"Authorization": f"Bearer {token}"}
