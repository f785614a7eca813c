"""Supplements (补正): a bureau names exact fields; they, and only they, reopen to the applicant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import structlog
from sqlalchemy import Connection

from casework.acts import contact
from casework.docket import desk, supplement_asked, tell
from casework.docket.desk import Case, Versions
from casework.followup import chase
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from rules.workdays import last_day
from schemas import pointers
from schemas.application import load_application
from schemas.kit.format_errors import InvalidRequest
from schemas.kit.format_errors import pointer as pointer_to
from schemas.kit.problem import FieldError
from schemas.kit.refusals import said
from schemas.pointers import NoSuchField
from store import ledger
from store.db import Database
from vocabulary.cases import Act, State, SupplementState
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

LONGEST_DAYS = 180
"""A deadline further away than this is taken for a slip of the pen."""


def request(  # noqa: PLR0913 -- what is sent comes by name
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    fields: Sequence[str] = (),
    documents: Sequence[str] = (),
    reason: str,
    due_on: date,
) -> int:
    """Ask the applicant for named fields and papers until a day, or the next on which offices are
    open; the case waits for them.

    Takes JSON pointers into the application, and papers of its list of what to bring. Returns the
    case's version. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove, InvalidRequest
    (nothing is asked, a pointer or a paper that names nothing, a day that is not in the future).
    """
    principal.require(Right.SUPPLEMENT)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        desk.check(case, Act.REQUEST_SUPPLEMENT)
        if supplement_asked.open_request(conn, case) is not None:
            raise desk.refuse(
                case, Act.REQUEST_SUPPLEMENT, "已有一份补正要求等待申报单位答复，请先了结。"
            )
        wanted = tuple(dict.fromkeys(fields))
        named = tuple(dict.fromkeys(documents))
        _check_request(case, wanted, named, due_on)
        due_on = last_day(due_on)
        asked = texts.fresh_id(conn, "supplement")
        conn.exec_driver_sql(
            "INSERT INTO supplement (id, application_id, fields, documents, reason, due_on, bureau,"
            " requested_by, requested_at) OVERRIDING SYSTEM VALUE VALUES (%(asked)s, %(id)s,"
            " %(fields)s::text[], %(documents)s::text[], %(reason)s, %(due_on)s, %(bureau)s,"
            " %(actor)s, app_now())",
            {
                "asked": asked,
                "id": case.id,
                "fields": list(wanted),
                "documents": list(named),
                "reason": texts.seal(reason, "supplement.reason", asked),
                "due_on": due_on,
                "bureau": principal.bureau,
                "actor": principal.actor,
            },
        )
        event = desk.note(
            conn,
            case,
            EventType.SUPPLEMENT_REQUESTED,
            principal.actor,
            to_state=State.AWAITING_SUPPLEMENT,
            bureau=principal.bureau,
            fields=list(wanted),
            documents=len(named) or None,
            due_on=due_on.isoformat(),
        )
        saved = desk.save(conn, case, state=State.AWAITING_SUPPLEMENT)
        chase.watch(conn, case.id)
        tell.concerned(conn, settings, case, event)
    log.info("supplement.requested", receipt=case.receipt, fields=len(wanted))
    return saved.version


def close(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    reason: str,
) -> int:
    """Give up an unanswered request; the case is assessed again as it stands.

    Returns the case's version. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove.
    """
    principal.require(Right.SUPPLEMENT)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.require_lead(case, principal)
        desk.check(case, Act.CLOSE_SUPPLEMENT)
        if supplement_asked.open_request(conn, case) is None:
            raise desk.refuse(case, Act.CLOSE_SUPPLEMENT, "没有等待答复的补正要求。")
        finish(conn, case, SupplementState.CLOSED)
        state = desk.state_after(case, Act.CLOSE_SUPPLEMENT)
        event = desk.note(
            conn,
            case,
            EventType.SUPPLEMENT_CLOSED,
            principal.actor,
            to_state=state,
            bureau=principal.bureau,
            reason=reason,
        )
        saved = desk.save(conn, case, state=state)
        tell.concerned(conn, settings, case, event)
        ledger.add(conn, Stage.ASSESS, [(case.id, None)])
    log.info("supplement.closed", receipt=case.receipt)
    return saved.version


def answer(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    values: Mapping[str, object] = MappingProxyType({}),
    *,
    versions: Versions | None = None,
) -> int:
    """Take the applicant's answers, check the whole form again, and queue the re-assessment.

    Takes pointer -> new value. Every field a bureau asked for must be answered, and of every paper
    it named a document must have been handed in since; of fields the assessment alone found
    missing, at least one. Returns the application's version. Raises
    ApplicationNotFound, VersionChanged, IllegalMove, InvalidRequest.
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        desk.check(case, Act.ANSWER_SUPPLEMENT)
        asked = supplement_asked.open_request(conn, case)
        reopened = asked.fields if asked is not None else supplement_asked.missing(conn, case)
        if not reopened and asked is None:
            raise desk.refuse(case, Act.ANSWER_SUPPLEMENT, "没有需要补正的事项。")
        _check_answer(reopened, values, every=asked is not None)
        brought = supplement_asked.brought(conn, case, asked) if asked is not None else ()
        changed = _changed(case, values)
        if asked is not None:
            finish(conn, case, SupplementState.ANSWERED, _difference(case, changed, values))
        state = desk.state_after(case, Act.ANSWER_SUPPLEMENT)
        enterprise = changed["enterprise"]
        known = contact.known_after(case, enterprise)
        event = desk.note(
            conn,
            case,
            EventType.SUPPLEMENT_ANSWERED,
            Actor.APPLICANT,
            to_state=state,
            fields=list(values),
            documents=len(brought) or None,
            identity=known.get("identity"),
        )
        saved = desk.save_filed(conn, case, enterprise, changed["facts"], state=state, **known)
        ledger.add(conn, Stage.ASSESS, [(case.id, None)])
        tell.concerned(conn, settings, case, event)
        if "confirmed_channels" in known:
            fields = [each for each in values if each.startswith("/enterprise/contact")]
            contact.note(conn, settings, case, fields, known)
    log.info("supplement.answered", receipt=case.receipt, fields=len(values))
    return saved.version


def finish(
    conn: Connection,
    case: Case,
    state: SupplementState,
    changes: Mapping[str, object] | None = None,
) -> None:
    """End the open request of a case, if there is one."""
    asked = conn.exec_driver_sql(
        "UPDATE supplement SET state = %(state)s, closed_at = app_now()"
        " WHERE application_id = %(id)s AND state = 'open' RETURNING id",
        {"id": case.id, "state": state.value},
    ).scalar_one_or_none()
    if asked is not None and changes is not None:
        sealed = texts.seal(json.dumps(changes, ensure_ascii=False), "supplement.changes", asked)
        conn.exec_driver_sql(
            "UPDATE supplement SET changes = to_jsonb(%(changes)s::text) WHERE id = %(id)s",
            {"id": asked, "changes": sealed},
        )


def _check_request(case: Case, wanted: Sequence[str], named: Sequence[str], due_on: date) -> None:
    errors = []
    if not wanted and not named:
        errors.append(_error("/fields", "required"))
    listed = editions.papers(case.notice_id, case.provision)
    errors += [
        _error(pointer_to("documents", place), "unknown_paper")
        for place, paper in enumerate(named)
        if paper not in listed
    ]
    form = editions.edition(case.notice_id).forms.forms[case.provision]
    for place, pointer in enumerate(wanted):
        try:
            pointers.require(form, pointer)
            # Tried out, so that an item the application does not have is refused now.
            pointers.put({"enterprise": case.enterprise, "facts": case.facts}, {pointer: None})
        except NoSuchField:
            errors.append(_error(pointer_to("fields", place), "unknown_pointer"))
    if not case.today < due_on <= case.today + timedelta(days=LONGEST_DAYS):
        errors.append(_error("/due_on", "deadline_out_of_range", days=LONGEST_DAYS))
    if errors:
        raise InvalidRequest(errors)


def _check_answer(reopened: Sequence[str], values: Mapping[str, object], *, every: bool) -> None:
    errors = [
        _error(pointer_to("values", pointer), "not_reopened")
        for pointer in values
        if pointer not in reopened
    ]
    if every:
        errors += [
            _error(pointer_to("values", pointer), "required")
            for pointer in reopened
            if pointer not in values
        ]
    if not values and not errors and not every:
        errors.append(_error("/values", "required"))
    if errors:
        raise InvalidRequest(errors)


def _changed(case: Case, values: Mapping[str, object]) -> dict[str, Any]:
    """The whole application with the answers in it, checked and normalised by its form."""
    document = {
        "provision": case.provision,
        "enterprise": case.enterprise,
        "facts": case.facts,
    }
    try:
        answered = pointers.put(document, values)
    except NoSuchField as refused:
        at = pointer_to("values", str(refused))
        raise InvalidRequest([_error(at, "unknown_pointer")]) from None
    forms = editions.edition(case.notice_id).forms
    return load_application(answered, lambda _: forms).document()


def _difference(
    case: Case, changed: Mapping[str, object], values: Mapping[str, object]
) -> dict[str, list[Any]]:
    before = {"enterprise": case.enterprise, "facts": case.facts}
    return {
        pointer: [pointers.get(before, pointer), pointers.get(changed, pointer)]
        for pointer in values
    }


def _error(at: str, code: str, **filled: Any) -> FieldError:
    sentence = said(code, **filled)
    return FieldError(at, sentence.code, str(sentence))
