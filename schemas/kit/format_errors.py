"""A body that is malformed: every fault found, each where it stands (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from schemas.kit.problem import MOST_ERRORS, FieldError, Refused
from schemas.kit.refusals import Coded, said

_SCHEMA_LEVEL: Final = "_schema"


class FormatErrors(Refused):
    """An application is malformed. ``errors`` lists the faults found, in reading order: all of
    them, or the first ones where there are more than an answer lists."""

    status = 422
    code = "invalid_application"
    title = "申报内容格式有误"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("请按逐项说明改正后重新提交。", errors[: MOST_ERRORS + 1])

    def __str__(self) -> str:
        return ", ".join(sorted({error.code for error in self.errors}))


class InvalidRequest(FormatErrors):
    """Another body, or the parameters, are malformed."""

    code = "invalid_request"
    title = "请求格式有误"


def flatten(tree: object, at: str = "") -> Iterator[FieldError]:
    """Turn marshmallow's tree of messages into field errors.

    Takes ``ValidationError.messages``, and the pointer of the value it speaks about.
    """
    if isinstance(tree, Mapping):
        for key, branch in tree.items():
            yield from flatten(branch, at if key == _SCHEMA_LEVEL else at + pointer(key))
    elif isinstance(tree, list | tuple):
        for branch in tree:
            yield from flatten(branch, at)
    else:
        # A message without a code is a form's mistake; it must not reach anyone in English.
        message = tree if isinstance(tree, Coded) else said("invalid_value")
        yield FieldError(at, message.code, str(message))


def pointer(*steps: object) -> str:
    """An RFC 6901 pointer of the given steps (object names or list indexes)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def field_error(at: str, code: str) -> FieldError:
    """A code of ``SENTENCES`` with its sentence, placed."""
    return FieldError(at, code, str(said(code)))
