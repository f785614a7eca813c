"""What is stored and no longer reads: it alone is left out, and the operator is told."""

from __future__ import annotations

import pytest

from casework.docket import practice
from casework.docket.in_force import InForce
from casework.operations import doctor
from casework.outbox import bureau_addresses
from casework.people.access import Principal
from casework.personal import texts
from config.channels import Contact
from tests.support.office import Office
from vocabulary.deliveries import Recipient
from vocabulary.people import Role

ADMIN = Principal("sasac", Role.ADMIN, "测试管理员")
OTHER = Principal("finance", Role.ADMIN, "测试另一位")
DUTY = Contact("email", "duty@finance.example.org")


@pytest.mark.parametrize(
    "bad", ['[{"channel": "fax", "address": "1"}]', '{"email": 1}', "no list at all"]
)
def test_a_value_that_does_not_read_leaves_everything_else_in_force(
    office: Office, bad: str
) -> None:
    first = office.in_days(1)
    asked = practice.propose(
        office.db, office.settings, ADMIN, "DETERMINE_WORKING_DAYS",
        value="30", valid_from=first, reason="经局长办公会议定，另有纪要",
    )  # fmt: skip
    practice.confirm(office.db, office.settings, OTHER, asked.id)
    change(office, "finance", DUTY)
    with office.db.transaction() as conn:
        made = texts.fresh_id(conn, "bureau_address")
        conn.exec_driver_sql(
            "INSERT INTO bureau_address (id, recipient, contacts, changed_by, changed_at)"
            " OVERRIDING SYSTEM VALUE VALUES (%(id)s, 'sasac', %(bad)s, 'sasac:a', app_now())",
            {"id": made, "bad": texts.seal(bad, "bureau_address.contacts", made)},
        )
    office.go_to(first)
    held = InForce(office.db, office.settings).settings()
    assert held.practice.determine == 30
    assert held.bureau_contacts() == {"finance": (DUTY,)}
    [said] = [e for e in doctor.examine(office.db, held, ask_broker=False).warnings if "sasac" in e]
    assert said.startswith("the changed address of sasac cannot be read")


def test_a_number_that_is_none_any_more_is_left_out_and_told(office: Office) -> None:
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO practice_change (parameter, value, valid_from, reason, proposed_by,"
            " proposed_at, confirmed_by, confirmed_at) VALUES ('VISITS_PER_DAY', 'many',"
            " (app_now() AT TIME ZONE 'Asia/Shanghai')::date, '', 'sasac:a', app_now(),"
            " 'finance:b', app_now())"
        )
    assert InForce(office.db, office.settings).settings().practice.visits_per_day == 20
    warnings = doctor.examine(office.db, office.settings, ask_broker=False).warnings
    assert any(each.startswith("a change of VISITS_PER_DAY") for each in warnings)


def change(office: Office, bureau: str, way: Contact) -> None:
    bureau_addresses.change(office.db, office.settings, Recipient(bureau), [way], ADMIN.actor)
