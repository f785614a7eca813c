"""Every code that a refusal of the API can carry: for the OpenAPI document and `docs/errors.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages
from typing import Final

import casework
from api import errors
from api.error_kind import ErrorKind
from casework.errors import CaseworkError
from schemas.kit.problem import Refused
from schemas.kit.refusals import SENTENCES
from vocabulary.documents import FileRefusal

_ELSEWHERE: Final = (
    "casework.docket.kept_lists",
    "casework.importing",
    "casework.operations.business_time",
    "casework.people.enterprise_login",
    "casework.people.tokens",
    "tests",
    "web",
)
"""What is raised on pages and at the command line alone."""


def error_kinds() -> list[ErrorKind]:
    """Every code of a problem by status and code."""
    found = {(kind.code, _status(kind)): kind.title for kind in _classes()}
    for status, (code, title, _) in errors.WITHOUT_CLASS.items():
        found.setdefault((code, status), title)
    made = [ErrorKind(code, status, title) for (code, status), title in found.items()]
    return sorted(made, key=lambda kind: (kind.status, kind.code))


def field_codes() -> Mapping[str, str]:
    """Every code of one entry of `errors` that is no problem's own, with its Chinese sentence."""
    return {**SENTENCES, **{refusal.value: refusal.label for refusal in FileRefusal}}


def _classes() -> Iterator[type[CaseworkError | Refused]]:
    # Whatever this process has imported before, the list is the same.
    for module in walk_packages(casework.__path__, f"{casework.__name__}."):
        import_module(module.name)
    todo: list[type[CaseworkError | Refused]] = [CaseworkError, Refused]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        here = kind.__module__
        if "code" in vars(kind) and not any(f"{here}.".startswith(f"{e}.") for e in _ELSEWHERE):
            yield kind


def _status(kind: type[CaseworkError | Refused]) -> int:
    if issubclass(kind, Refused):
        return kind.status
    return errors.status_of_kind(kind)
