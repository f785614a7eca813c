"""Money that came back, told by another system: what is sent again is written down once."""

from __future__ import annotations

from api.app import create_app
from casework.people import tokens
from tests.support.fulfilling import answer, export, lines, paid, payable
from tests.support.ledgers import column
from tests.support.office import Office
from vocabulary.people import Role


def test_what_names_the_sum_that_was_seen_is_taken_back_once(office: Office) -> None:
    receipt = payable(office).receipt
    batch = export(office)
    answer(office, batch, paid(office, lines(office, batch)[0]))
    token = tokens.create(
        office.db, office.settings, bureau="finance", role=Role.SUPERVISOR, label="测试"
    )
    client = create_app(office.settings).test_client()
    sent = {
        "amount": "10000.00",
        "settled": "50000.00",
        "on": str(office.today()),
        "reason": "mistake",
        "note": "付款有误",
    }

    def send(**changed: str) -> tuple[int, str]:
        told = client.post(
            f"/api/v1/payments/{receipt}/reclaim",
            json={**sent, **changed},
            headers={"Authorization": f"Bearer {token}"},
        )
        return told.status_code, str(told.get_json().get("code"))

    assert send() == (200, "None")
    assert send() == (409, "illegal_move"), "sent again after its answer was lost"
    assert send(settled="40000.00") == (200, "None")
    assert column(office.db, "SELECT amount FROM reclaim") == [10000, 10000]
