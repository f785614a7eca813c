"""A case on the desk: locked, visible to whoever asks, unchanged since they looked.

Every change of casework begins with `open_case` (a bureau) or `open_own` (the applicant), writes
its event with `note`, and ends with `save`, which counts the version up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.docket import reasons, states
from casework.errors import (
    ApplicationNotFound,
    CaseNotFound,
    IllegalMove,
    NotPermitted,
    VersionChanged,
)
from casework.events import NewEvent
from casework.notices import editions
from casework.people import enterprise_sessions
from casework.people.access import Principal
from casework.personal import credentials, parts
from config.settings import Settings
from store import predicates
from vocabulary.cases import Act, State
from vocabulary.events import EventType
from vocabulary.identity import IdentityLevel, IdentityMeans
from vocabulary.outcomes import Outcome
from vocabulary.parties import Actor, Side
from vocabulary.receipts import parse

Versions = frozenset[int]

_CODE_SERIAL = "(SELECT coalesce(max(serial), 1) FROM access_code WHERE application_id = a.id)"
_COLUMNS = (
    "id, receipt, notice_id, provision, enterprise, facts, personal, state, outcome, amount,"
    " lead_bureau, copied_bureaus, access_hash, version, acknowledged_at, assignee, identity,"
    f" is_trial, confirmed_channels, {predicates.VERIFIED} AS is_verified,"
    f" {predicates.ASSURED} AS is_assured,"
    f" {predicates.TODAY} AS today,"
    f" {_CODE_SERIAL} AS code_serial"
)


ON_A_TRIAL: Final = frozenset({Act.ASSESS, Act.ANSWER_SUPPLEMENT, Act.WITHDRAW})
"""What can be done to an application that a system sent in test mode: nothing that a bureau, or
anybody who is written to, would hear of."""


class Noted(NamedTuple):
    """An event that was written."""

    id: int
    type: EventType


@dataclass(frozen=True, slots=True)
class Case:
    """A locked application as it stands. `today`: the business day in Asia/Shanghai.

    `assignee`: which officer works on it, as events name them; `is_verified`: whether it is known
    who filed, `is_assured`: that it was the enterprise itself; `confirmed_contact`: the addresses
    that anything may be sent to; `confirmed_channels`: over which of the contact's it can be
    reached for certain; `code_serial`: the how manieth of its access codes is good; `by_login`: it
    was opened by a login of the enterprise, and by no access code; `is_trial`: a system sent it in
    test mode.
    """

    id: int
    receipt: str
    notice_id: str
    provision: str
    enterprise: Mapping[str, Any]
    facts: Mapping[str, Any]
    state: State
    outcome: Outcome | None
    amount: Decimal | None
    lead_bureau: str | None
    copied_bureaus: tuple[str, ...]
    version: int
    is_acknowledged: bool
    assignee: str | None
    identity: IdentityLevel
    is_verified: bool
    is_assured: bool
    confirmed_contact: Mapping[str, str]
    confirmed_channels: tuple[str, ...]
    code_serial: int
    today: date
    is_trial: bool = False
    by_login: bool = False

    @property
    def bureaus(self) -> tuple[str, ...]:
        """Lead and copied; none before the first assessment."""
        return (self.lead_bureau, *self.copied_bureaus) if self.lead_bureau else ()


def open_case(
    conn: Connection, principal: Principal, receipt: str, versions: Versions | None = None
) -> Case:
    """Lock one of the bureau's cases.

    Takes the versions the caller has seen (None: any). Raises CaseNotFound (none, or another
    bureau's), VersionChanged.
    """
    case = _open(conn, receipt)
    if case is None or principal.bureau not in case[0].bureaus:
        raise CaseNotFound
    return _unchanged(case[0], versions)


def open_own(
    conn: Connection,
    settings: Settings,
    receipt: str,
    access_code: str,
    versions: Versions | None = None,
) -> Case:
    """Lock the application an access code belongs to.

    Raises ApplicationNotFound (unknown receipt and wrong code alike), VersionChanged.
    """
    require_code(conn, settings, receipt, access_code)
    case = _open(conn, receipt)
    # Again, now that it is locked: the code may have been replaced meanwhile.
    if case is None or not _opens(conn, settings, receipt, case[1], access_code):
        raise ApplicationNotFound
    by_login = enterprise_sessions.is_credential(access_code)
    return _unchanged(replace(case[0], by_login=by_login), versions)


def require_code(conn: Connection, settings: Settings, receipt: str, access_code: str) -> None:
    """Raises ApplicationNotFound for an unknown receipt and for a wrong code alike.

    By the same one statement and the same comparison, before anything is read or locked: neither
    the answer's time nor a case that is held up tells whether there is such a receipt.
    """
    stored = conn.exec_driver_sql(
        "SELECT access_hash FROM application WHERE receipt = %(receipt)s",
        {"receipt": parse(receipt)},
    ).scalar()
    if not _opens(conn, settings, receipt, stored, access_code):
        raise ApplicationNotFound


def _opens(
    conn: Connection, settings: Settings, receipt: str, stored: bytes | None, access_code: str
) -> bool:
    """Compared even when nothing was found. A login of the enterprise opens what it has filed."""
    if enterprise_sessions.is_credential(access_code):
        return enterprise_sessions.opens(conn, settings, access_code, parse(receipt))
    compared = bytes(32) if stored is None else bytes(stored)
    return credentials.is_access_code(settings.require_secret_key(), access_code, compared)


def find(conn: Connection, receipt: str) -> Case | None:
    """Lock an application for somebody who names it and is told nothing of it, if it exists."""
    found = _open(conn, receipt)
    return found and found[0]


def open_unseen(conn: Connection, application_id: int) -> Case | None:
    """Lock an application on which the house acts by itself, without anybody who asks."""
    case = _read(conn, "id = %(value)s", application_id)
    return case and case[0]


def require_lead(case: Case, principal: Principal) -> None:
    """Raises NotPermitted for a bureau that is only copied."""
    if case.lead_bureau != principal.bureau:
        raise NotPermitted(
            "只有牵头单位可以办理此项；抄送单位可以查看，并就由其认定的条件记录认定意见。"
        )


def check(case: Case, act: Act, detail: str | None = None) -> None:
    """Raises IllegalMove, naming the legal acts."""
    if act not in ON_A_TRIAL:
        refuse_trial(case)
    states.check(case.state, act, detail)


def refuse_trial(case: Case) -> None:
    """Raises IllegalMove where it would come to a bureau, of what a system sent in test mode."""
    if case.is_trial:
        legal = states.allowed(case.state, Side.APPLICANT)
        allowed = tuple(act for act in legal if act in ON_A_TRIAL)
        raise IllegalMove("这是测试件，没有单位办理，不能这样做。", allowed=allowed)


def refuse(case: Case, act: Act, detail: str) -> IllegalMove:
    """The refusal of an act that the state alone would permit."""
    return IllegalMove(detail, allowed=states.allowed(case.state, states.RULES[act].side))


def state_after(case: Case, act: Act, back_to: State | None = None) -> State:
    """The state an act leads to; see :func:`casework.docket.states.after`."""
    if act not in ON_A_TRIAL:
        refuse_trial(case)
    return states.after(case.state, act, back_to)


def note(
    conn: Connection,
    case: Case,
    kind: EventType,
    actor: str,
    *,
    to_state: State | None = None,
    reason: str | None = None,
    **data: object,
) -> Noted:
    """Write the event of a change. `data`: as :class:`NewEvent` has it; None is left out."""
    known = {name: value for name, value in data.items() if value is not None}
    known = by_code(case, actor) | known
    was = case.state if to_state else None
    [event_id] = reasons.write(conn, [NewEvent(kind, actor, case.id, known, was, to_state)], reason)
    return Noted(event_id, kind)


def by_code(case: Case, actor: str) -> dict[str, object]:
    """What the event of an act says of how the applicant came: by a login, or by which access
    code, where one has been issued anew."""
    if actor != Actor.APPLICANT:
        return {}
    if case.by_login:
        return {"how": IdentityMeans.LOGIN}
    return {"code_serial": case.code_serial} if case.code_serial > 1 else {}


def save(conn: Connection, case: Case, *, stamped: str | None = None, **columns: Any) -> Case:
    """Write columns of the application and count its version up. Returns the case, renewed.

    `columns`, `stamped`: names of `application`'s columns, from code, never from a request; the
    stamped one takes the business time.
    """
    sets = "".join(f"{name} = %({name})s, " for name in columns)
    if stamped is not None:
        sets += f"{stamped} = app_now(), "
    version = conn.exec_driver_sql(
        f"UPDATE application SET {sets}version = version + 1"  # noqa: S608 -- names from code
        " WHERE id = %(the_id)s RETURNING version",
        {
            **{
                name: value.value if isinstance(value, StrEnum) else value
                for name, value in columns.items()
            },
            "the_id": case.id,
        },
    ).scalar_one()
    return replace(case, version=version, state=State(columns.get("state", case.state)))


def save_filed(
    conn: Connection,
    case: Case,
    enterprise: Mapping[str, Any],
    facts: Mapping[str, Any],
    **columns: Any,
) -> Case:
    """The same, with other parts of the application in the place of those that were filed."""
    names = editions.personal_facts(case.notice_id, case.provision)
    filed = parts.columns(case.receipt, enterprise, facts, names)
    known = {"name": enterprise["name"], "uscc": enterprise.get("uscc")}
    return save(conn, case, **filed, **known, **columns)


def stamp_acknowledged(conn: Connection, case: Case, actor: str) -> Case:
    """Write down that the lead bureau has acknowledged the case, and who."""
    return save(conn, case, stamped="acknowledged_at", acknowledged_by=actor)


def _unchanged(case: Case, versions: Versions | None) -> Case:
    if versions is not None and case.version not in versions:
        raise VersionChanged(case.version)
    return case


def _open(conn: Connection, receipt: str) -> tuple[Case, bytes] | None:
    number = parse(receipt)
    return None if number is None else _read(conn, "receipt = %(value)s", number)


def _read(conn: Connection, which: str, value: str | int) -> tuple[Case, bytes] | None:
    row = conn.exec_driver_sql(
        f"SELECT {_COLUMNS} FROM application AS a"  # noqa: S608 -- constants
        f" WHERE {which} FOR NO KEY UPDATE",
        {"value": value},
    ).one_or_none()
    if row is None:
        return None
    enterprise, facts = parts.put_back(row.receipt, row.enterprise, row.facts, row.personal)
    case = Case(
        id=row.id,
        receipt=row.receipt,
        notice_id=row.notice_id,
        provision=row.provision,
        enterprise=enterprise,
        facts=facts,
        state=State(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        amount=row.amount,
        lead_bureau=row.lead_bureau,
        copied_bureaus=tuple(row.copied_bureaus),
        version=row.version,
        is_acknowledged=row.acknowledged_at is not None,
        assignee=row.assignee,
        identity=IdentityLevel(row.identity),
        is_verified=row.is_verified,
        is_assured=row.is_assured,
        confirmed_contact=parts.reachable(enterprise.get("contact") or {}, row.confirmed_channels),
        confirmed_channels=tuple(row.confirmed_channels),
        code_serial=row.code_serial,
        today=row.today,
        is_trial=row.is_trial,
    )
    return case, bytes(row.access_hash)
