"""An application that comes too late is kept, and told so with the notice's days and source."""

from __future__ import annotations

from pathlib import Path

from config.settings import Settings
from tests.support.notices import retitled
from tests.support.office import Office

CLOSED = """
[windows."一"]
until = "2020-07-31"
source = "local_practice"
cite = "申报指南"

[provisions."""


def test_who_files_after_the_last_day_reads_which_it_was(
    office: Office, tmp_path: Path, environment: dict[str, str]
) -> None:
    notice = retitled(tmp_path, "m01", "[provisions.", CLOSED)
    variables = {"NOTICES_PATH": str(tmp_path), "NOTICE_ID": notice.name}
    closed = Office(office.db, Settings.from_env({**environment, **variables}))
    told = closed.status(closed.submit())
    assert (told["state"], told["outcome"]) == ("decided", "not_in_force")
    assert told["next"]["action"] == "请在受理期内申请"
    assert "的受理时间：截至2020年7月31日（申报指南）" in told["assessment"]["summary"]
