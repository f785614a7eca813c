"""Whether an application has come before: by what it says, not by the file that it stands in.

The key of a row is a keyed digest of the application as it is stored, so a list that grew, was
saved anew or renamed is the same rows, on whichever machine it is imported. The database remembers
keys with the applications, so nothing beside the files need be kept.
"""

from __future__ import annotations

import hmac
from dataclasses import replace

import orjson

from config.settings import Settings
from schemas.application import Submission


def row_key(settings: Settings, submission: Submission) -> str:
    """The idempotency key of an imported application. Raises SettingsError without a secret key."""
    named = replace(submission, notice=submission.notice or settings.notice_id)
    said = orjson.dumps(named.document(), option=orjson.OPT_SORT_KEYS)
    digest = hmac.digest(settings.require_secret_key().encode(), b"import-row" + said, "sha256")
    return f"import-row-{digest.hex()}"
