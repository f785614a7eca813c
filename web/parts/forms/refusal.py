"""Why what a form asks for was not done, for the page that shows it again as it was filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from marshmallow import ValidationError

from api.errors import status_of
from casework.errors import Conflict, Forbidden, Invalid, VersionChanged, WrongPart
from schemas.kit.format_errors import FormatErrors, flatten
from schemas.kit.problem import FieldError

T = TypeVar("T")


class Refusal(NamedTuple):
    """`faults`: each with its field; `version`: the one that stands now, where somebody has changed
    what was seen; `said`: what cannot be as things stand."""

    status: int
    faults: Sequence[FieldError] = ()
    version: int | None = None
    said: str = ""

    @property
    def is_stale(self) -> bool:
        """Whether it was asked of something that has changed since it was seen."""
        return self.version is not None


def attempt(do: Callable[[], T], refused_at: str | None = None) -> T | Refusal:
    """What `do` gives, which reads the form by its schema and acts; or why it was not done.

    `refused_at`: the field of what is found invalid though the schema takes it; None: it is said
    of the whole.
    """
    try:
        return do()
    except ValidationError as refused:
        return Refusal(422, list(flatten(refused.messages, "")))
    except FormatErrors as refused:
        return Refusal(422, refused.errors)
    except VersionChanged as changed:
        return Refusal(409, version=changed.version)
    except (Invalid, Conflict, Forbidden) as refused:
        at = refused.pointer if isinstance(refused, WrongPart) else refused_at
        if isinstance(refused, Invalid) and at is not None:
            return Refusal(422, [FieldError(at, refused.code, refused.detail)])
        return Refusal(status_of(refused), said=refused.detail)
