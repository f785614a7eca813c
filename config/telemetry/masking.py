"""What may be written to a log or an error report, and what is masked.

Two nets. By key: a text passes only under a key listed in :data:`SAFE_KEYS`; whole numbers and
booleans pass, except under :data:`PERSONAL_KEYS`; amounts (``Decimal``, ``float``) pass only under
keys that name a duration. By shape: phone numbers, social credit codes, e-mail addresses, access
codes, credentials and amounts are masked inside any text that passes, which also covers the
messages of libraries. A person's name has no shape, hence the first net.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final

MASK: Final = "***"

SAFE_KEYS: Final = frozenset(
    {
        *("event", "level", "logger", "timestamp", "component", "stage", "task", "queue"),
        *(
            "request_id",
            "receipt",
            "receipts",
            "event_id",
            "task_id",
            "work_item_id",
            "delivery_id",
        ),
        *("provision", "outcome", "state", "notice", "bureau", "role", "channel", "rules_version"),
        *("method", "route", "code", "error", "error_chain", "frames", "reason"),
        *("first", "last", "to", "result", "bureaus"),  # receipts, bureaus, words of ours
        *("address", "version", "revision", "environment", "variable", "part", "parts", "stages"),
    }
)
PERSONAL_KEYS: Final = frozenset(
    {"name", "phone", "uscc", "email", "amount", "rent", "access_code", "token", "password"}
)
DURATION_SUFFIXES: Final = ("_ms", "_s", "seconds")

_SHAPES: Final = re.compile(
    r"""
      (?<=://)[^\s/@]*(?=@)                               # credentials in a URL
    | \bBearer\s+[\w.~+/=-]+
    | (?<![0-9A-Za-z])wq_[\w-]{16,}                        # a bureau's token
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                         # e-mail
    # An access code: four groups of Crockford base 32.
    | (?<![0-9A-Za-z])(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}(?![0-9A-Za-z])
    | (?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])  # code
    | (?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])                            # mobile
    | (?<![0-9A-Za-z.-])(?:0\d{2,3}-?)?[2-8]\d{7}(?:-\d{1,6})?(?![0-9A-Za-z-])  # landline
    | (?<![\d.])\d[\d,]*\.\d{2}(?![\ds.])                # amount
    """,
    re.VERBOSE,
)


# Every shape holds one of these; most texts hold none and need no closer look.
_HINT: Final = re.compile(r"[0-9]{2}|@|Bearer|wq_|-[0-9A-Z]{5}-")
# What every line holds, and none of the shapes: they end sooner than a long word, or hold another
# sign; a receipt's parts are bound by letters and hyphens, and too short for a mobile number.
_HARMLESS: Final = re.compile(r"[0-9A-Za-z]{19,}|WQ\d{6}-\d{7,10}-[0-9A-Z]", re.ASCII)


def mask_text(text: str) -> str:
    """The text with everything masked that has the shape of personal data."""
    if not _HINT.search(text) or _HARMLESS.fullmatch(text):
        return text
    return _SHAPES.sub(MASK, text)


def mask_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor that applies both nets to a log event, in place."""
    for key, value in event.items():
        event[key] = _masked(key, value)
    return event


def _masked(key: str, value: Any) -> Any:
    masked: Any = MASK
    match value:
        case None | bool():
            masked = value
        case str() if key in SAFE_KEYS:
            masked = mask_text(value)
        case int() if key not in PERSONAL_KEYS and mask_text(str(value)) == str(value):
            masked = value
        case float() if key.endswith(DURATION_SUFFIXES):
            masked = value
        case list() | tuple():
            masked = [_masked(key, item) for item in value]
        case Mapping():
            masked = {str(name): _masked(str(name), item) for name, item in value.items()}
        case _:
            pass
    return masked


def describe_error(error: BaseException) -> dict[str, Any]:
    """An exception without a word of its message: types and places only.

    Returns ``error`` (type), ``error_chain`` (types of its causes), ``frames``
    (``file:function:line``, innermost last). Messages are left out because drivers put the
    refused values into them.
    """
    chain: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(chain) < 10:  # noqa: PLR2004 -- a cycle must end too
        chain.append(type_name(cause))
        cause = cause.__cause__ or cause.__context__
    described: dict[str, Any] = {"error": type_name(error), "frames": _frames(error.__traceback__)}
    if chain:
        described["error_chain"] = chain
    return described


def type_name(error: BaseException) -> str:
    """The qualified name of an exception's type."""
    kind = type(error)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else (f"{kind.__module__}.{kind.__qualname__}")
    )


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_name}:{line}"
        for frame, line in traceback.walk_tb(trace)
    ]
