"""Whether an application has come before: by what it says, not by the file that it stands in.

The key of a row is a keyed digest of the application as it is stored, so a list that grew, was
saved anew or renamed is the same rows, on whichever machine it is imported. The database remembers
keys with the applications, so nothing beside the files need be kept.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace

from casework.intake import replays
from casework.personal.credentials import lasting_secret
from config.settings import Settings
from schemas.application import Submission
from store.db import Database
from vocabulary.cases import Source


def row_key(settings: Settings, submission: Submission) -> str:
    """The idempotency key of an imported application. Raises SettingsError without a secret key."""
    named = replace(submission, notice=submission.notice or settings.notice_id)
    secret = lasting_secret(settings.require_secret_key(), b"import-row")
    digest = hmac.digest(secret, b"import-row" + named.canonical(), "sha256")
    return f"import-row-{digest.hex()}"


def known(
    db: Database, settings: Settings, submissions: Mapping[str, Submission]
) -> dict[str, str]:
    """Which of some keyed applications were accepted before: by key the receipt. Files nothing.

    Raises what the database raises.
    """
    secret = settings.require_secret_key()
    hashes = {
        replays.key_hash(
            secret,
            replays.Sender.of(submission.enterprise, Source.IMPORT).name,
            replays.sha256(key.encode()),
        ): key
        for key, submission in submissions.items()
    }
    with db.statement() as conn:
        rows: Sequence[tuple[bytes, str]] = [
            (bytes(row.key_hash), row.receipt)
            for row in conn.exec_driver_sql(
                "SELECT i.key_hash, a.receipt FROM idempotency AS i"
                " JOIN application AS a ON a.id = i.application_id"
                " WHERE i.key_hash = ANY(%(hashes)s)",
                {"hashes": list(hashes)},
            )
        ]
    return {hashes[one]: receipt for one, receipt in rows}
