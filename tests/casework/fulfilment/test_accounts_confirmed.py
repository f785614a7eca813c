"""Who confirms an account in another name: nobody who granted the money or had a code in hand."""

from __future__ import annotations

import pytest

from casework.acts import access_codes
from casework.docket.second_person import SecondPersonRequired
from casework.fulfilment import lists, payment_account
from casework.people.access import Principal
from tests.support.fulfilling import GUARANTOR, LEADING_HEAD, PAYER, granted
from tests.support.office import Office
from tests.support.said import said
from vocabulary.people import Role

CLERK = Principal("development_reform", Role.OFFICER, "测试卯")


def test_who_granted_or_could_have_typed_it_does_not_confirm_an_account_in_another_name(
    office: Office,
) -> None:
    accepted = granted(office)
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET enterprise = enterprise"
            " || jsonb_build_object('kind', 'individual_business')"
        )
    issued = access_codes.issue(
        office.db, office.settings, CLERK, accepted.receipt,
        office.seen(accepted.receipt, CLERK), handed="in_person", note=said("本人到窗口"),
    )  # fmt: skip
    assert issued.access_code is not None
    payment_account.give(
        office.db, office.settings, accepted.receipt, issued.access_code,
        holder="测试经营者", number="62220009", bank="某行",
    )  # fmt: skip
    about = (office.db, office.settings)
    for who in (GUARANTOR, CLERK):
        with pytest.raises(SecondPersonRequired):
            payment_account.confirm(*about, who, accepted.receipt, note=said("是经营者本人"))
    payment_account.confirm(*about, LEADING_HEAD, accepted.receipt, note=said("是经营者本人"))
    assert lists.read(office.db, PAYER, accepted.receipt).progress == "publicised"
