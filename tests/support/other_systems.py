"""Other systems come and go: one that sends filings, and endpoints that are pushed events."""

from __future__ import annotations

from dataclasses import replace

from casework.delivery import webhooks
from casework.people import tokens
from tests.support.ledgers import scalar
from tests.support.office import Office


def other_systems(office: Office) -> None:
    """Everything that happens to them."""
    tokens.create(
        office.db, office.settings, bureau="sasac", role="intake", label="测试平台",
        vouches="assured", is_trial=True,
    )  # fmt: skip
    sending = scalar(office.db, "SELECT max(id) FROM api_token")
    for off in (True, False):
        tokens.shut(office.db, sending, off=off)
    local = replace(office.settings, webhook_allow_private=True)
    endpoint, _ = webhooks.add(office.db, local, bureau="finance", url="http://127.0.0.1:9/hook")
    webhooks.rotate(office.db, local, endpoint)
    webhooks.replay(office.db, endpoint)
    webhooks.disable(office.db, endpoint)
    webhooks.enable(office.db, endpoint)
    webhooks.change(office.db, local, endpoint, event_types=("case.acknowledged",))
    webhooks.send_test(office.db, endpoint)
    webhooks.remove(office.db, endpoint)
