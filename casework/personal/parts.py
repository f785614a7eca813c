"""What an application says of people, encrypted: taken out of its parts on the way in, put back on
the way out.

Which fields that are is said once, where each is declared (`about(…, personal=True)`). All of an
application lie in one encrypted text beside its other parts (`application.personal`), so that
accepting and reading cost one call each, and forgetting a person is forgetting one value. What an
application of an earlier release still says in clear is read as well.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

import orjson
import structlog

from casework.personal import encryption, texts
from config import keys
from config.keys import KeyMissing
from schemas.enterprise import PERSONAL
from store.encoding import to_json
from vocabulary.deliveries import Channel
from vocabulary.identity import CONFIRMABLE

log = structlog.get_logger(__name__)

TABLE: Final = "application"
FIELD: Final = "personal"

GIVEN: Final = (
    "jsonb_build_object('receipt', a.receipt, 'personal', encode(a.personal, 'base64'),"
    " 'contact', a.enterprise -> 'contact', 'channels', a.confirmed_channels)"
)
"""What `contact` and `confirmed` are read from, of an `application AS a`."""


class Parts(NamedTuple):
    """An application's two parts as they are stored, and what was taken out of them."""

    enterprise: Mapping[str, Any]
    facts: Mapping[str, Any]
    personal: bytes | None


def take_out(
    enterprise: Mapping[str, Any],
    facts: Mapping[str, Any],
    names: Collection[str] | None,
    *,
    row: int,
) -> Parts:
    """The parts without what they say of people. `names`: the personal facts of its form, None
    where the form is not known any more, and so all are; `row`: see `row_of`."""
    kept, left = dict(enterprise), dict(facts)
    said = {name: kept.pop(name) for name in PERSONAL if name in kept}
    told = {name: left.pop(name) for name in (facts if names is None else names) if name in left}
    if not said and not told:
        return Parts(enterprise, facts, None)
    text = to_json({"enterprise": said, "facts": told})
    sealed = encryption.encrypt(keys.held(), text, table=TABLE, field=FIELD, row=row)
    return Parts(kept, left, sealed)


def put_back(
    receipt: str, enterprise: Mapping[str, Any], facts: Mapping[str, Any], personal: bytes | None
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The parts as they were filed. Raises KeyMissing, Unreadable."""
    if personal is None:
        return enterprise, facts
    taken = _read(receipt, bytes(personal))
    return {**enterprise, **taken["enterprise"]}, {**facts, **taken["facts"]}


def columns(
    case_receipt: str,
    enterprise: Mapping[str, Any],
    facts: Mapping[str, Any],
    names: Collection[str] | None,
) -> dict[str, Any]:
    """The same as `take_out`, as columns of `application` to be saved."""
    parts = take_out(enterprise, facts, names, row=row_of(case_receipt))
    return {
        "enterprise": to_json(parts.enterprise),
        "facts": to_json(parts.facts),
        "personal": parts.personal,
    }


def contact(given: Mapping[str, Any]) -> Mapping[str, str]:
    """The contact that an application gives, from `GIVEN`; {} for none, or no application."""
    found = given["contact"]
    if given["personal"] is not None:
        taken = _read(given["receipt"], base64.b64decode(given["personal"]))
        found = taken["enterprise"].get("contact", found)
    return found or {}


def shown_contact(given: Mapping[str, Any]) -> Mapping[str, str]:
    """The same for a list, which one bad row does not take away (see `texts.shown`)."""
    try:
        return contact(given)
    except (encryption.Unreadable, KeyMissing) as error:
        log.error("personal.unreadable", receipt=given["receipt"], reason=str(error))  # noqa: TRY400 -- its trace says nothing
        return {"name": texts.UNREADABLE}


def confirmed(given: Mapping[str, Any]) -> dict[str, str]:
    """The addresses of the contact that are confirmed, from `GIVEN`: the only ones that anything is
    sent to, but for the code that confirms one."""
    channels = given["channels"]
    if not channels:
        return {}
    return reachable(contact(given), channels)


def reachable(given: Mapping[str, str], channels: Collection[str]) -> dict[str, str]:
    """Of a contact the addresses over channels."""
    members = [CONFIRMABLE[Channel(channel)][0] for channel in channels]
    return {member: given[member] for member in members if member in given}


def sealed_identity_note(receipt: str, note: str) -> str | None:
    """How an application's filer was checked, as its column holds it."""
    return texts.seal(note, "application.identity_note", row_of(receipt))


def row_of(receipt: str) -> int:
    """What an application's texts are encrypted for: the number in its receipt."""
    return int(receipt.split("-")[1])


def _read(receipt: str, personal: bytes) -> dict[str, dict[str, Any]]:
    text = encryption.decrypt(keys.held(), personal, table=TABLE, field=FIELD, row=row_of(receipt))
    taken: dict[str, dict[str, Any]] = orjson.loads(text)
    return taken
