"""The envelope of an application: which provision, which enterprise, which facts.

:func:`load_application` checks format only. Whether an application is *granted* is never decided
here: a well-formed application that cannot succeed is accepted and explained later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson
from marshmallow import ValidationError

from schemas.enterprise import READ_ENTERPRISE
from schemas.form_set import FormSet, FormsOf
from schemas.identity import FILED_BY
from schemas.kit.fast_reader import Reader
from schemas.kit.format_errors import FormatErrors, field_error, flatten, pointer
from schemas.kit.problem import MOST_ERRORS, FieldError
from vocabulary.identity import IdentityLevel

_PARTS: Final = ("provision", "enterprise", "facts")
_NOTICE: Final = "notice"
IDENTITY: Final = "identity"
_FILED_BY: Final = Reader(FILED_BY)


@dataclass(frozen=True, slots=True)
class Submission:
    """A well-formed application: provision code, the two parts as normalised JSON objects, and the
    notice it names, if it does; how far the sender says that it is known who files, if it does.

    Normalised means: codes in upper case without spaces, money as ``"30000.00"`` (yuan), dates
    as ``YYYY-MM-DD``, texts trimmed, absent things absent.
    """

    provision: str
    enterprise: dict[str, Any]
    facts: dict[str, Any]
    notice: str | None = None
    stated: IdentityLevel | None = None

    def document(self) -> dict[str, Any]:
        """The parts as one JSON object."""
        named = {} if self.notice is None else {_NOTICE: self.notice}
        stated = {} if self.stated is None else {IDENTITY: {"level": self.stated}}
        return {
            **named,
            **stated,
            "provision": self.provision,
            "enterprise": self.enterprise,
            "facts": self.facts,
        }

    def canonical(self) -> bytes:
        """UTF-8 JSON with sorted keys and no spaces: equal submissions have equal bytes."""
        return orjson.dumps(self.document(), option=orjson.OPT_SORT_KEYS)


def load_application(raw: object, forms_of: FormsOf) -> Submission:
    """Check and normalise a parsed request body.

    Takes any JSON value, numbers with a fraction as ``Decimal``; the forms by notice.
    Returns the :class:`Submission`. Raises :class:`FormatErrors` with the faults.
    """
    if not isinstance(raw, Mapping):
        raise FormatErrors([field_error("", "invalid_object")])
    errors = strange(raw, (*_PARTS, _NOTICE, IDENTITY), "unknown_field")
    errors += [field_error(pointer(part), "required") for part in _PARTS if part not in raw]
    notice, forms = read_notice(raw, forms_of, errors)
    provision = raw.get("provision")
    form: Reader | None = None
    if "provision" in raw:
        if not isinstance(provision, str):
            errors.append(field_error("/provision", "invalid_string"))
        elif forms is not None and (form := forms.readers.get(provision)) is None:
            errors.append(field_error("/provision", "unknown_provision"))
    enterprise = _part(READ_ENTERPRISE, raw, "enterprise", errors)
    facts = _part(form, raw, "facts", errors)
    stated = _part(_FILED_BY, raw, IDENTITY, errors).get("level")
    if errors or not isinstance(provision, str):
        raise FormatErrors(errors)
    level = None if stated is None else IdentityLevel(stated)
    return Submission(provision, enterprise, facts, notice, level)


def strange(
    raw: Mapping[str, Any], known: Collection[str], code: str, *, at: str = ""
) -> list[FieldError]:
    """An error for each member that is not known; of very many, as many as an answer lists."""
    names = (name for name in raw if name not in known)
    return [field_error(at + pointer(name), code) for name in islice(names, MOST_ERRORS + 1)]


def read_notice(
    raw: Mapping[str, Any], forms_of: FormsOf, errors: list[FieldError]
) -> tuple[str | None, FormSet | None]:
    """The notice that a body names, if it does, and its forms; faults go to ``errors``."""
    notice = raw.get(_NOTICE)
    if _NOTICE in raw and not isinstance(notice, str):
        errors.append(field_error("/notice", "invalid_string"))
        return None, None
    if (forms := forms_of(notice)) is None:
        errors.append(field_error("/notice", "unknown_notice"))
    return notice, forms


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
