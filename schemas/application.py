"""The envelope of an application: which provision, which enterprise, which facts.

:func:`load_application` checks format only. Whether an application is *granted* is never decided
here: a well-formed application that cannot succeed is accepted and explained later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError

from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.fast_reader import Reader
from schemas.kit.problem import FieldError, Refused
from schemas.kit.refusals import Coded, said

_PARTS: Final = ("provision", "enterprise", "facts")
_SCHEMA_LEVEL: Final = "_schema"
_ENTERPRISE: Final = Reader(ENTERPRISE)
_FORMS: Final = {code: Reader(form) for code, form in FORMS.items()}


class FormatErrors(Refused):
    """An application is malformed. ``errors`` lists every fault found, in reading order."""

    status = 422
    code = "invalid_application"
    title = "申报内容格式有误"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("请按逐项说明改正后重新提交。", errors)

    def __str__(self) -> str:
        return ", ".join(sorted({error.code for error in self.errors}))


class InvalidRequest(FormatErrors):
    """Another body, or the parameters, are malformed."""

    code = "invalid_request"
    title = "请求格式有误"


@dataclass(frozen=True, slots=True)
class Submission:
    """A well-formed application: provision code, and the two parts as normalised JSON objects.

    Normalised means: codes in upper case without spaces, money as ``"30000.00"`` (yuan), dates
    as ``YYYY-MM-DD``, texts trimmed, absent things absent.
    """

    provision: str
    enterprise: dict[str, Any]
    facts: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """The three parts as one JSON object."""
        return {
            "provision": self.provision,
            "enterprise": self.enterprise,
            "facts": self.facts,
        }

    def canonical(self) -> bytes:
        """UTF-8 JSON with sorted keys and no spaces: equal submissions have equal bytes."""
        return json.dumps(
            self.document(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()


def load_application(raw: object) -> Submission:
    """Check and normalise a parsed request body.

    In: any JSON value, numbers with a fraction as ``Decimal``.
    Out: the :class:`Submission`. Raises :class:`FormatErrors` listing every fault.
    """
    if not isinstance(raw, Mapping):
        raise FormatErrors([_error("", said("invalid_object"))])
    errors = [_error(pointer(key), said("unknown_field")) for key in raw if key not in _PARTS]
    errors += [_error(pointer(part), said("required")) for part in _PARTS if part not in raw]
    provision = raw.get("provision")
    form: Reader | None = None
    if "provision" in raw:
        if not isinstance(provision, str):
            errors.append(_error("/provision", said("invalid_string")))
        elif (form := _FORMS.get(provision)) is None:
            errors.append(_error("/provision", said("unknown_provision")))
    enterprise = _part(_ENTERPRISE, raw, "enterprise", errors)
    facts = _part(form, raw, "facts", errors)
    if errors or not isinstance(provision, str):
        raise FormatErrors(errors)
    return Submission(provision, enterprise, facts)


def _part(
    reader: Reader | None, raw: Mapping[str, Any], name: str, errors: list[FieldError]
) -> dict[str, Any]:
    """Load and normalise one part; faults are appended to ``errors``."""
    if name not in raw or reader is None:
        return {}
    try:
        return reader(raw[name])
    except ValidationError as refused:
        errors.extend(flatten(refused.messages, pointer(name)))
        return {}


def flatten(tree: object, at: str = "") -> Iterator[FieldError]:
    """Turn marshmallow's tree of messages into field errors.

    In: ``ValidationError.messages``, and the pointer of the value it speaks about.
    """
    if isinstance(tree, Mapping):
        for key, branch in tree.items():
            yield from flatten(branch, at if key == _SCHEMA_LEVEL else at + pointer(key))
    elif isinstance(tree, list | tuple):
        for branch in tree:
            yield from flatten(branch, at)
    else:
        # A message without a code is a form's mistake; it must not reach anyone in English.
        yield _error(at, tree if isinstance(tree, Coded) else said("invalid_value"))


def pointer(*steps: object) -> str:
    """An RFC 6901 pointer of the given steps (object names or list indexes)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _error(at: str, message: Coded) -> FieldError:
    return FieldError(at, message.code, str(message))
