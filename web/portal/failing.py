"""What may fail while somebody fills in a form, and is told on the form itself."""

from __future__ import annotations

from typing import Final, NamedTuple

from api import errors as api_errors
from casework import errors
from casework.database import UNAVAILABLE
from casework.intake.drafts import DraftTooLarge

FAILURES: Final[tuple[type[Exception], ...]] = (
    *UNAVAILABLE,
    errors.TooMany,
    errors.Unavailable,
    errors.IdempotencyInFlight,
    DraftTooLarge,
)


class Failure(NamedTuple):
    """The status of the page, and the cause in one sentence."""

    status: int
    said: str


def failure(error: Exception) -> Failure:
    """What to say of one of the `FAILURES`."""
    if isinstance(error, errors.CaseworkError):
        return Failure(api_errors.status_of(error), error.detail)
    return Failure(503, "系统这会儿没有应答。")
