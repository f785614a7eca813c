"""What is said of a provision before anyone applies: when, and what to bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.intake import provisions
from config import notices
from config.settings import Settings
from schemas.kit.answers import dump
from tests.support.notices import retitled

OFFLINE = Settings(database_url="none", redis_url="none")
MORE = """
[windows."二"]
until = "2020-07-31"
source = "local_practice"
cite = "申报指南"

[materials."二"]
items = ["营业执照", "租赁合同"]
source = "local_practice"
cite = "申报指南"
"""


@pytest.fixture
def notice(tmp_path: Path) -> str:
    made = retitled(tmp_path, "m02", "[provisions.", MORE + "\n[provisions.")
    notices.read_from(tmp_path)
    return made.name


def test_the_days_and_the_materials_of_its_measure(notice: str) -> None:
    said = provisions.provision(OFFLINE, notice, "m02_carrier")
    assert said is not None
    told = dump(said)
    source = {"source": "local_practice", "cite": "申报指南"}
    assert told["window"] == {"closes_on": "2020-07-31", **source}
    assert told["materials"] == {"items": ["营业执照", "租赁合同"], **source}


def test_nothing_is_made_up_where_a_notice_says_nothing(notice: str) -> None:
    packaged = Settings.notice_id
    for folder, each, code in (
        (None, notice, "m01_tenant"),
        (notices.PACKAGED, packaged, "m02_carrier"),
    ):
        if folder is not None:
            notices.read_from(folder)
        said = provisions.provision(OFFLINE, each, code)
        assert said is not None
        assert not {"window", "materials"} & set(dump(said))
