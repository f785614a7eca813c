"""The main paths, walked by whichever release this runs in: `python - ORDER < release_walk.py`.

Of the code it uses names alone that the previous release (`tests.support.previous_release`) has as
well. An order is JSON: which tenants to file for, which receipts to determine, which cases to read;
between these all work that is due is done. What became of it is printed as JSON.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from api.app import create_app
from casework.work.stages import STAGES
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import claim_ids, scalar
from tests.support.office import Office, decide

DUE = ("assess", "notify", "determine")


def walk(order: dict[str, Any]) -> dict[str, Any]:
    """File over HTTP, work, determine, work, read over HTTP."""
    settings = Settings.from_env()
    db = Database(settings.database_url, pool_size=4, time_travel=True)
    client = create_app(settings).test_client()
    try:
        filed, system = [], filing.credentials(db, settings)
        for number in order.get("file", ()):
            tenant = tenant_body(uscc=uscc(number), lease_no=f"U-{number}")
            body = {**tenant, **filing.STATED}
            answer = client.post("/api/v1/applications", json=body, headers=system)
            filed.append({"status": answer.status_code, **(answer.get_json() or {})})
        failed = _work(db, settings)
        office = Office(db, settings)
        for receipt in order.get("determine", ()):
            decide(office, receipt)
        failed += _work(db, settings)
        read = []
        for receipt, code in order.get("read", ()):
            owner = {"Authorization": f"Bearer {code}"}
            told = client.get(f"/api/v1/applications/{receipt}", headers=owner).get_json()
            case = office.case(receipt)
            read.append([told["state"], case["state"], case["assessment"]["amount"]])
        late = "SELECT count(*) FROM work_item WHERE dead_at IS NOT NULL OR attempts > 1"
        return {
            "filed": filed,
            "read": read,
            "failed": failed,
            "troubled": scalar(db, late),
        }
    finally:
        db.close()


def _work(db: Database, settings: Settings) -> list[str]:
    """Do what is due, as workers would. Returns what failed."""
    failed: list[str] = []
    progress = True
    while progress:
        progress = False
        for stage, row in STAGES.items():
            if stage.value in DUE and (ids := claim_ids(db, settings, stage)):
                done = import_module(row.use_case).run(db, settings, ids)
                failed += [f"{stage.value}: {each.error!r}" for each in done.failures]
                progress = True
    return failed


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(walk(json.loads(sys.argv[1]))))
