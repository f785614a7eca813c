"""The second person (复签): when one is needed, and who can be one.

The limit is one enterprise's under one measure: what is in force and what is proposed count
together, so that splitting it over applications does not help.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.docket.desk import Case
from casework.docket.ruling import Ruling
from casework.errors import NotPermitted
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from vocabulary.cases import DeterminationState
from vocabulary.events import EventType
from vocabulary.zone import CHINA

_OTHERS: Final = """
SELECT coalesce(sum(d.amount), 0) FROM determination AS d
JOIN application AS a ON a.id = d.application_id
WHERE {whose} AND a.id <> %(id)s AND a.notice_id = %(notice)s AND a.provision = ANY(%(provisions)s)
    AND d.granted AND d.state IN ('proposed', 'in_force')
"""


CODE_ISSUERS: Final = f"""
SELECT issued_by FROM access_code WHERE application_id = {{application}} AND handed = 'in_person'
UNION SELECT data ->> 'filed_by' FROM event WHERE application_id = {{application}}
    AND type = '{EventType.APPLICATION_RECEIVED}' AND data ->> 'filed_by' IS NOT NULL
"""  # noqa: S608 -- constants
"""Who handed over an access code in person, or filed for the applicant and was given it: they could
have acted as the applicant since."""

# Whoever checks an identity again does not take the first one's place.
HAD_A_PART: Final = (
    "SELECT actor FROM official_finding WHERE application_id = {application} UNION"  # noqa: S608 -- constants
    + CODE_ISSUERS
    + "UNION SELECT actor FROM event WHERE application_id = {application} AND type IN "
    + f"('{EventType.IDENTITY_CHECKED}', '{EventType.CASE_CLOSED_AS_DUPLICATE}')"
)
"""Who found anything, issued a code, filed for the applicant, vouched for who filed, or closed it
as a duplicate."""


class Account(NamedTuple):
    """What is held while an enterprise's case is decided: its credit code, who had an access code
    of the case in hand, and when a determination of it was proposed first."""

    uscc: str | None
    issuers: frozenset[str]
    proposed_at: datetime | None


class SecondPersonRequired(NotPermitted):
    """Whoever had a part in a decision cannot also approve or review it."""

    code = "second_person_required"
    title = "须由另一人办理"
    message = (
        "须由另一人办理：在本件中记录过认定意见、核对过身份、按重复申报了结过、提出或作出过认定、当面交付过查询码、代为录入申报的人，"
        "以及代其行使职责的人，"
        "不能复签或复核，也不能确认收款账户。"
    )


def is_needed(
    conn: Connection, settings: Settings, case: Case, principal: Principal, ruling: Ruling
) -> bool:
    """Whether a second person has to approve somebody's ruling on a locked case: also where they
    had an access code of it in hand, and so could have said for the applicant what they rule on,
    and of an amount that the notice gives no arithmetic for.

    Nobody else determines anything of the enterprise under the measure before the transaction ends.
    """
    if not ruling.granted:
        return False
    account = hold_account(conn, case)
    if principal.actor in account.issuers:
        return True
    amount = ruling.amount or Decimal(0)
    if amount and ruling.computed is None:
        return True  # nothing but the officer's word says how much
    together = amount + (_besides(conn, case, account.uscc) if amount else Decimal(0))
    return ruling.overrides or together > _limit(settings, account)


def _limit(settings: Settings, account: Account) -> Decimal:
    """Above how many yuan a second person is needed: what was proposed under a lower limit is not
    helped by a higher one."""
    present = settings.determination_approval_yuan
    if account.proposed_at is None:
        return present
    day = account.proposed_at.astimezone(CHINA).date()
    before: list[Decimal] = settings.practice.before("determination_approval_yuan", day)
    return min([present, *before])


def granted_besides(conn: Connection, case: Case) -> Decimal:
    """Yuan granted to the enterprise under the case's measure by its other applications, in force
    or proposed. Applicants without a credit code count together: nothing tells them apart.

    Nobody else determines anything of these before the transaction ends.
    """
    return _besides(conn, case, hold_account(conn, case).uscc)


def _besides(conn: Connection, case: Case, uscc: str | None) -> Decimal:
    notice = editions.edition(case.notice_id).notice
    measure = notice.provisions[case.provision]["measure"]
    whose = "a.uscc IS NULL" if uscc is None else "a.uscc = %(uscc)s"
    total: Decimal = conn.exec_driver_sql(
        _OTHERS.format(whose=whose),
        {
            "uscc": uscc,
            "id": case.id,
            "notice": case.notice_id,
            "provisions": [
                code for code, each in notice.provisions.items() if each["measure"] == measure
            ],
        },
    ).scalar_one()
    return total


def hold_account(conn: Connection, case: Case) -> Account:
    """Let nobody else determine anything of the case's enterprise under its measure before the
    transaction ends."""
    notice = editions.edition(case.notice_id).notice
    measure = notice.provisions[case.provision]["measure"]
    row = conn.exec_driver_sql(
        f"SELECT uscc, ARRAY({CODE_ISSUERS.format(application='a.id')}) AS issuers,"  # noqa: S608 -- constants
        " (SELECT min(d.proposed_at) FROM determination AS d WHERE d.application_id = a.id)"
        "  AS proposed_at,"
        " pg_advisory_xact_lock(hashtextextended(%(account)s || coalesce(uscc, ''), 0))"
        " FROM application AS a WHERE id = %(id)s",
        {"id": case.id, "account": f"determination:{case.notice_id}:{measure}:"},
    ).one()
    return Account(row.uscc, frozenset(row.issuers), row.proposed_at)


def involved(conn: Connection, application_id: int) -> frozenset[str]:
    """The actors who found, proposed or determined anything in a case, in any of its rounds, had an
    access code of it in hand, or vouched for who filed."""
    determinations = conn.exec_driver_sql(
        "SELECT state, proposed_by, decided_by FROM determination WHERE application_id = %(id)s",
        {"id": application_id},
    ).mappings()
    others = conn.exec_driver_sql(
        HAD_A_PART.format(application="%(id)s"), {"id": application_id}
    ).scalars()
    return had_a_part(determinations, others)


def had_a_part(
    determinations: Iterable[Mapping[Any, Any]], others: Iterable[str]
) -> frozenset[str]:
    """The same, of rows that were read already. To send a proposal back is to determine nothing."""
    people = set(others)
    for each in determinations:
        people.add(each["proposed_by"])
        if each["decided_by"] and each["state"] != DeterminationState.REJECTED:
            people.add(each["decided_by"])
    return frozenset(people)


def is_open_to(principal: Principal, right: Right, people: frozenset[str]) -> bool:
    """Whether somebody can be the second person beside these: not one of them, nor in the place of
    one of them."""
    return principal.actor not in people and principal.may(right, but=people)


def require(principal: Principal, right: Right, people: frozenset[str]) -> None:
    """Raises SecondPersonRequired for who had a part, or stands in for who had."""
    if not is_open_to(principal, right, people):
        raise SecondPersonRequired
