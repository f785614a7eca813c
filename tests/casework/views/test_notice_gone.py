"""A notice's folder is taken away: what was decided by it is still shown, in its own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.notices import editions
from casework.people.access import Principal
from casework.reporting import reports
from casework.reporting.scope import Scope
from casework.views import cases, inbox
from config import notices
from schemas.application import load_application
from tests.support import filing
from tests.support.applications import tenant_body
from tests.support.office import Office
from tests.support.wire import wire
from vocabulary.people import Role

KEEPER = Principal("shili_winter", Role.SUPERVISOR, "测试甲")


@pytest.mark.parametrize("code_left", [True, False])
def test_its_cases_are_read_as_before(office: Office, second_notice: Path, code_left: bool) -> None:
    body = {
        "notice": second_notice.name,
        "provision": "s02_stalls",
        "enterprise": {**tenant_body()["enterprise"], "located_in": "yanqing"},
        "facts": {"stalls": [{"month": "2021-01", "count": 3}]},
    }
    submission = load_application(body, editions.forms_of(office.settings))
    accepted = filing.accept(office.db, office.settings, submission)
    office.assess()
    case, status = office.case(accepted.receipt, KEEPER), office.status(accepted)
    assert status["provision_title"] == "冬季出摊补助"
    assert case["casework"]["actions"]

    notices.read_from(notices.PACKAGED)
    if not code_left:
        with office.db.transaction() as conn:
            conn.exec_driver_sql(
                "UPDATE parameter_set SET content ="
                " jsonb_set(content, '{packages,provisions}', '\"gone_with_it\"')"
            )
    assert office.status(accepted) == status
    shown = office.case(accepted.receipt, KEEPER)
    assert shown["assessment"] == case["assessment"]
    assert ("record_finding" in shown["casework"]["actions"]) is code_left
    assert wire(cases.list_cases(office.db, office.settings, KEEPER))["items"]
    assert wire(inbox.list_messages(office.db, KEEPER))["items"]
    for report in reports.REPORTS.values():
        assert report(office.db, office.settings, Scope(bureau="shili_winter"))
