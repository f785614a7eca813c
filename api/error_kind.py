"""One kind of refusal, as it is listed."""

from __future__ import annotations

from typing import NamedTuple


class ErrorKind(NamedTuple):
    """One `code` of a problem, with the status that it comes with and its Chinese title."""

    code: str
    status: int
    title: str
