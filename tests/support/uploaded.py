"""A table that a clerk of a window uploads and has filed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from casework.importing import upload_work, uploads
from tests.support.applications import uscc
from tests.support.import_files import tenant_row, write_csv
from tests.support.ledgers import claim_ids
from tests.support.office import Office
from vocabulary.identity import IdentityLevel
from vocabulary.work import Stage

CLERK = "sasac:test.jia"


def work_on_uploads(office: Office) -> None:
    """Whatever waits about uploaded tables is done."""
    due = claim_ids(office.db, office.settings, Stage.IMPORT)
    assert upload_work.run(office.db, office.settings, due).failures == []


def uploaded(
    office: Office, cells: Mapping[str, str] = MappingProxyType({}), name: str = "样例.csv"
) -> None:
    """It is checked and filed, and its receipts are looked at. `cells`: what its one row has
    instead."""
    row = {**tenant_row(uscc=uscc(8801)), **cells}
    with tempfile.TemporaryDirectory() as folder:
        table = write_csv(Path(folder) / "t.csv", [row]).read_bytes()
    number = uploads.add(
        office.db,
        office.settings,
        bureau="sasac",
        actor=CLERK,
        name=name,
        read=io.BytesIO(table).read,
        vouched=IdentityLevel.ASSURED,
        provision=None,
    )
    work_on_uploads(office)
    uploads.start(office.db, CLERK, number)
    work_on_uploads(office)
    uploads.receipts_of(office.db, CLERK, number)
