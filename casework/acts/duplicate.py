"""Closing an application that asks for the same as an earlier one of its enterprise (重复申报).

Nobody is to lose by having asked twice: only the later one can be closed, only while the earlier
waits for nothing but a decision or is granted, and only if it asks for nothing that the earlier one
does not. It grants nothing, and a review opens it again. What a review has opened, whatever was
decided before, is determined and not closed: money may have been paid on it.
"""

from __future__ import annotations

import structlog
from sqlalchemy import Connection

from casework.acts.supplement import finish as finish_supplement
from casework.decision import benefits, caps, overlaps
from casework.docket import desk, tell, twice
from casework.docket.desk import Case, Versions
from casework.errors import CaseNotFound, Conflict, WrongPart
from casework.followup import visit_acts
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store import ledger
from store.db import Database
from vocabulary.cases import Act, State, SupplementState
from vocabulary.events import EventType
from vocabulary.receipts import parse
from vocabulary.work import Stage

log = structlog.get_logger(__name__)


class UnknownOther(WrongPart):
    """The application that is to go on is none, or not one of this bureau's."""

    code = "unknown_other_case"
    title = "没有找到继续办理的申请"
    message = "没有找到继续办理的那份申请，或者它不属于本单位。请核对受理编号。"
    pointer = "/duplicate_of"


class NotADuplicate(Conflict):
    """Closing it in favour of the other one could cost the applicant something."""

    code = "not_a_duplicate"
    title = "不能按重复申报了结"
    message = "这份申请不能按重复申报了结。"


def close(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    duplicate_of: str,
    reason: str,
) -> int:
    """Close a case because the one named goes on in its place. Closing it again changes nothing.

    Returns the case's version. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove,
    UnknownOther, NotADuplicate.
    """
    principal.require(Right.CLOSE_DUPLICATE)
    with db.transaction() as conn:
        # Both, in the order in which everybody locks several.
        conn.exec_driver_sql(
            "SELECT FROM application WHERE receipt = ANY(%(both)s) ORDER BY id FOR NO KEY UPDATE",
            {"both": [parse(receipt), parse(duplicate_of)]},
        )
        case = desk.open_case(conn, principal, receipt)
        desk.require_lead(case, principal)
        kept = _other(conn, principal, duplicate_of)
        is_closed = case.state is State.DUPLICATE
        if kept and is_closed and twice.kept_for(conn, case.id) == kept.receipt:
            return case.version
        case = desk.open_case(conn, principal, receipt, versions)
        state = desk.state_after(case, Act.CLOSE_DUPLICATE)
        if kept is None:
            raise UnknownOther
        _require_harmless(conn, case, kept)
        benefits.release(conn, case.id)
        caps.release(conn, case.id)
        finish_supplement(conn, case, SupplementState.CLOSED)
        conn.exec_driver_sql(
            "INSERT INTO duplicate (application_id, kept_id) VALUES (%(id)s, %(kept)s)",
            {"id": case.id, "kept": kept.id},
        )
        said = {"bureau": principal.bureau, "reason": reason}
        kind, actor = EventType.CASE_CLOSED_AS_DUPLICATE, principal.actor
        event = desk.note(conn, case, kind, actor, to_state=state, other=kept.receipt, **said)
        desk.note(
            conn,
            kept,
            EventType.DUPLICATE_CLOSED,
            actor,
            bureau=principal.bureau,
            other=case.receipt,
        )
        saved = desk.save(conn, case, state=state)
        visit_acts.follow_end(conn, case.id)
        tell.concerned(conn, settings, case, event)
    log.info("case.closed_as_duplicate", receipt=case.receipt, of=kept.receipt)
    return saved.version


def _other(conn: Connection, principal: Principal, receipt: str) -> Case | None:
    try:
        return desk.open_case(conn, principal, receipt)
    except CaseNotFound:
        return None


def follow_reopening(conn: Connection, case: Case) -> None:
    """A review has found that a case is no duplicate: it is assessed as things stand by now, and
    has another visit arranged for the one that ended with it."""
    gone = conn.exec_driver_sql(
        "DELETE FROM duplicate WHERE application_id = %(id)s", {"id": case.id}
    ).rowcount
    if gone:
        visit_acts.let_go_of_ended(conn, case.id)
        ledger.add(conn, Stage.ASSESS, [(case.id, None)])


def _require_harmless(conn: Connection, case: Case, kept: Case) -> None:
    """Raises NotADuplicate, saying what could be lost."""
    same = case.enterprise.get("uscc")
    if case.id == kept.id:
        raise NotADuplicate("继续办理的应当是另一份申请。")
    if not same or same != kept.enterprise.get("uscc"):
        raise NotADuplicate("两份申请不是同一统一社会信用代码的单位提出的。")
    if (case.notice_id, case.provision) != (kept.notice_id, kept.provision):
        raise NotADuplicate("两份申请的事项不同，应当分别办理。")
    if not _of_one_hand(case, kept):
        raise NotADuplicate(
            "还不知道两份都是本单位提出的：请先分别核对身份。"
            "两份都已实名认证或者核对过身份，或者核实过同一个联系方式，才能了结其中一份。"
        )
    if case.confirmed_contact and not kept.confirmed_contact:
        raise NotADuplicate(
            "先受理的那份没有核实过的联系方式，办理结果送不到：请先核实或者更正它的联系方式。"
        )
    is_earlier, has_grant, was_reopened = conn.exec_driver_sql(
        "SELECT (k.received_at, k.id) < (a.received_at, a.id),"
        " EXISTS (SELECT FROM determination AS d WHERE d.application_id = k.id"
        "  AND d.state = 'in_force' AND d.granted),"
        " EXISTS (SELECT FROM review AS r WHERE r.application_id = a.id"
        "  AND r.state = 'reopened')"
        " FROM application AS a, application AS k WHERE a.id = %(id)s AND k.id = %(kept)s",
        {"id": case.id, "kept": kept.id},
    ).one()
    if was_reopened:
        raise NotADuplicate("这份经复核重新办理，应当作出认定，不能了结。")
    if not is_earlier:
        raise NotADuplicate("只能了结受理在后的一份：先受理的那份期限在前，应当继续办理。")
    if not (has_grant or kept.state in twice.GOES_ON):
        raise NotADuplicate(
            f"受理编号{kept.receipt}的申请目前{kept.state.label}，还不能指望它办成，这一份不能了结。"
        )
    _require_nothing_more(conn, case, kept)


def _of_one_hand(case: Case, kept: Case) -> bool:
    """Whether it is known that one enterprise has filed both: then it may read of either."""
    if case.is_assured and kept.is_assured:
        return True
    return bool(case.confirmed_contact.items() & kept.confirmed_contact.items())


def _require_nothing_more(conn: Connection, case: Case, kept: Case) -> None:
    """Where no line is reckoned, what is asked for stands in the answers alone."""
    found = overlaps.parties(conn, [case.id, kept.id])
    asked, had = (
        {*found[each.id].keys.claims} if each.id in found else set() for each in (case, kept)
    )
    if not asked and case.facts != kept.facts:
        raise NotADuplicate("这一份没有逐项计算的款项，填报的内容又与先受理的那份不同，不能了结。")
    if asked - had or (case.amount or 0) > (kept.amount or 0):
        raise NotADuplicate("这一份还有先受理的那份没有的款项，或者金额更多，不能了结。")
