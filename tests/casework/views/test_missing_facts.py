"""What an incomplete application still needs, as its applicant reads it."""

from __future__ import annotations

from casework.decision import assess
from casework.views import status
from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import claim_ids
from tests.support.wire import wire


def test_each_missing_fact_has_its_label_and_the_document_it_is_taken_from(
    database: Database, settings: Settings
) -> None:
    accepted = filing.accept(database, settings, tenant(rent=None))
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    shown = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    assert shown["outcome"] == "incomplete"
    (rent,) = shown["supplement"]["fields"]
    assert rent == {
        "pointer": "/facts/leases/0/rent",
        "label": "承租的房产 第1项 租金（元）",
        "source": "租赁合同",
        "value": None,
    }
