"""Rent that a landlord waives: told to the bureau that sees to it, confirmed once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.errors import CaseNotFound, IllegalMove
from casework.fulfilment import waivers
from casework.fulfilment.batches import NothingPayable
from casework.fulfilment.standing import NothingToFulfil
from casework.fulfilment.waivers import DayAhead
from tests.support.fulfilling import export, give_account, publicity_over, state
from tests.support.ledgers import column, scalar
from tests.support.office import OFFICER, STRANGER, Office, decide


def test_a_waiver_is_told_waits_for_its_days_and_is_confirmed_once(office: Office) -> None:
    accepted = office.submit()
    decide(office, accepted.receipt)
    told = "SELECT d.recipient FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
    assert column(office.db, f"{told} WHERE e.type = 'waiver.told'") == ["sasac"]
    asked = (office.db, office.settings, OFFICER, accepted.receipt)
    with pytest.raises(IllegalMove):
        waivers.confirm(*asked, on=office.today(), found="landlord")
    with pytest.raises(NothingToFulfil):
        give_account(office, accepted)
    publicity_over(office)
    with pytest.raises(NothingPayable):
        export(office)
    with pytest.raises(DayAhead):
        waivers.confirm(*asked, on=office.today() + timedelta(days=1), found="visit")
    with pytest.raises(CaseNotFound):
        waivers.confirm(
            office.db,
            office.settings,
            STRANGER,
            accepted.receipt,
            on=office.today(),
            found="landlord",
        )
    waivers.confirm(*asked, on=office.today(), found="visit")
    assert state(office, accepted) == "waived"
    with pytest.raises(IllegalMove):
        waivers.confirm(*asked, on=office.today(), found="landlord")
    assert scalar(office.db, "SELECT waived FROM fulfilment") == 60000
