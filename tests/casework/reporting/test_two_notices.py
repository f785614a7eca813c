"""A case is named as its own notice names it, whatever the deployment takes in by now."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from casework.acts import determine
from casework.reporting import export_files, exports, publicity, reports
from casework.reporting.scope import Scope
from casework.work.dispatch import Stage
from config.settings import Settings
from tests.support.applications import uscc
from tests.support.ledgers import claim_ids
from tests.support.notices import copy_packaged, retitled
from tests.support.office import OFFICER, YES, Office
from tests.support.wire import wire
from vocabulary.exports import ExportFormat

OLD = "承租区属国有企业房产的中小微企业、个体工商户减免房租"
NEW = "承租区属国有企业房产减免房租（另一通知）"


@pytest.fixture
def office(office: Office, tmp_path: Path, environment: dict[str, str]) -> Office:
    """One application under each of two notices."""
    first, other = copy_packaged(tmp_path), retitled(tmp_path, "m01", OLD, NEW)
    before, later = (
        Office(
            office.db,
            Settings.from_env(
                {**environment, "NOTICES_PATH": str(tmp_path), "NOTICE_ID": notice.name}
            ),
        )
        for notice in (first, other)
    )
    for each, serial in ((before, 1), (later, 2)):
        receipt = each.submit(uscc=uscc(serial), lease_no=f"T-{serial}").receipt
        determine.determine(each.db, each.settings, OFFICER, receipt, each.seen(receipt), YES)
    return office


@pytest.mark.parametrize("name", ["intake", "outcomes", "amounts", "times"])
def test_a_report_counts_each_notice_by_itself(office: Office, name: str) -> None:
    rows = wire(reports.REPORTS[name](office.db, office.settings, Scope()))["rows"]
    assert {row["title"] for row in rows} == {OLD, NEW}
    assert len(rows) == 2


def test_an_export_names_each_row_by_its_notice(office: Office) -> None:
    office.employ(OFFICER)
    asked = exports.request(
        office.db, office.settings, OFFICER, Scope(bureau="sasac"), ExportFormat.CSV
    )
    export_files.run(
        office.db, office.settings, claim_ids(office.db, office.settings, Stage.EXPORT)
    )
    found = exports.open_download(office.db, office.settings, asked.download_url.rpartition("/")[2])
    text = b"".join(found.pieces).decode("utf-8-sig")
    titles = [line[3] for line in csv.reader(io.StringIO(text, newline=""))]
    assert titles[1:] == [OLD, NEW]


def test_what_is_made_public_bears_its_notices_title(office: Office) -> None:
    shown = publicity.list_grants(office.db).items
    assert [grant.title for grant in shown] == [NEW, OLD]
