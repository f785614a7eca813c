"""What the applicant is asked for (补正): by a bureau, or by the assessment alone; what was
changed by the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Connection

from casework.docket.desk import Case
from casework.notices import editions
from casework.personal import texts
from schemas.kit.format_errors import InvalidRequest
from schemas.kit.format_errors import pointer as pointer_to
from schemas.kit.problem import FieldError
from schemas.kit.refusals import said
from vocabulary.outcomes import Outcome, Truth

_NAME: Final = "/enterprise/name"
RENAMED: Final = f"""
    (SELECT jsonb_agg(jsonb_build_object('id', n.id, 'changes', n.changes) ORDER BY n.id)
        FROM supplement AS n WHERE n.application_id = a.id AND n.changes IS NOT NULL
            AND '{_NAME}' = ANY(n.fields)) AS renamed"""  # noqa: S608 -- a constant
"""The supplements of an application that may have changed its name."""


class Asked(NamedTuple):
    """What a bureau waits for: fields, and papers of which a document has to be handed in."""

    fields: tuple[str, ...]
    documents: tuple[str, ...]
    since: datetime


def open_request(conn: Connection, case: Case) -> Asked | None:
    """The open request of a case."""
    row = conn.exec_driver_sql(
        "SELECT fields, documents, requested_at FROM supplement"
        " WHERE application_id = %(id)s AND state = 'open'",
        {"id": case.id},
    ).one_or_none()
    return Asked(tuple(row.fields), tuple(row.documents), row.requested_at) if row else None


def missing(conn: Connection, case: Case) -> tuple[str, ...]:
    """The fields that the assessment in force found missing."""
    if case.outcome is not Outcome.INCOMPLETE:
        return ()
    return tuple(_assessment(conn, case).get("missing", ()))


def changes(asked: Mapping[str, Any]) -> Any:
    """By pointer what stood there before a supplement was answered, and what since."""
    stored = asked["changes"]
    if not isinstance(stored, str):
        return stored  # of an earlier release
    return orjson.loads(texts.unseal(stored, "supplement.changes", asked["id"]) or "null")


def former_names(renamed: Sequence[Mapping[str, Any]] | None, name: str) -> list[str]:
    """What an applicant was called before, the oldest first. Takes what `RENAMED` read; its name by
    now."""
    earlier = [str(changes(each)[_NAME][0]) for each in renamed or ()]
    return [each for each in dict.fromkeys(earlier) if each != name]


def wanted_papers(conn: Connection, case: Case) -> tuple[str, ...]:
    """The papers that are asked for at present: those a bureau has named, and those that fields
    which are asked for, or missing, are copied from."""
    asked = open_request(conn, case)
    pointers = missing(conn, case) if asked is None else asked.fields
    named = () if asked is None else asked.documents
    return (*named, *editions.papers_of_fields(case.notice_id, case.provision, pointers))


def unsettled_papers(conn: Connection, case: Case) -> tuple[str, ...]:
    """The papers that show what the assessment in force could not settle: those that the answers
    it missed, or that an official has to look at, are copied from."""
    document = _assessment(conn, case)
    findings = [each for each in document.get("findings", ()) if each["result"] == Truth.UNKNOWN]
    pointers = [at for each in findings for at in (*each.get("missing", ()), *_looked_at(each))]
    return editions.papers_of_fields(case.notice_id, case.provision, pointers)


def _looked_at(finding: Mapping[str, Any]) -> list[str]:
    """Where the facts of a finding may stand: in its item, or in either part."""
    item = finding.get("item")
    parts = (f"/facts/{item}",) if item else ("/facts", "/enterprise")
    return [f"{part}/{name}" for name in finding.get("facts", ()) for part in parts]


def _assessment(conn: Connection, case: Case) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = conn.exec_driver_sql(
        "SELECT document FROM assessment WHERE application_id = %(id)s AND in_force",
        {"id": case.id},
    ).scalar()
    return found or {}


def brought(conn: Connection, case: Case, asked: Asked) -> tuple[str, ...]:
    """The papers that were asked for, each of which has been handed in since; what was handed in
    is part of the application from now on. Raises InvalidRequest for one that is missing."""
    handed = conn.exec_driver_sql(
        "SELECT DISTINCT d.paper FROM document AS d JOIN document_file AS f ON f.id = d.file_id"
        " WHERE d.application_id = %(id)s AND d.added_at >= %(since)s"
        " AND f.state IN ('checking', 'ready')",
        {"id": case.id, "since": asked.since},
    ).scalars()
    absent = set(asked.documents) - set(handed)
    if absent:
        raise InvalidRequest([_absent(paper) for paper in asked.documents if paper in absent])
    conn.exec_driver_sql(
        "UPDATE document SET filed_at = app_now()"
        " WHERE application_id = %(id)s AND file_id IS NOT NULL AND filed_at IS NULL",
        {"id": case.id},
    )
    return asked.documents


def _absent(paper: str) -> FieldError:
    sentence = said("paper_missing", paper=paper)
    return FieldError(pointer_to("documents", paper), sentence.code, str(sentence))
