"""The window's import as pages, without a script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.applications import uscc
from tests.support.desk_client import DeskClient
from tests.support.import_files import tenant_row, write_csv
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.uploaded import work_on_uploads
from vocabulary.people import Role


@pytest.fixture
def client(enter: Callable[..., DeskClient]) -> DeskClient:
    return enter("test.jia", Role.OFFICER)


def table(tmp_path: Path, *names: str) -> tuple[io.BytesIO, str]:
    rows = [
        tenant_row(uscc=uscc(number), name=name) | {"enterprise.name": name}
        for number, name in enumerate(names, 1)
    ]
    wrong = tenant_row(uscc="911101020000000000")
    return io.BytesIO(write_csv(tmp_path / "t.csv", [*rows, wrong]).read_bytes()), "名单.csv"


def test_a_table_is_looked_at_filed_and_its_slips_are_printed(
    client: DeskClient, office: Office, tmp_path: Path
) -> None:
    said = client.send("/desk/import", {"table": table(tmp_path, "甲")}, 422).text
    assert "请选择对申报单位身份的核对情况" in said
    said = client.send("/desk/import", {"vouched": "assured"}, 422).text
    assert "请选择一张表" in said
    given = {"vouched": "assured", "table": table(tmp_path, "样例<面馆>", "样例茶馆")}
    at = client.send("/desk/import", given).headers["Location"]
    moving = client.get(at)
    assert moving.headers["Refresh"] == "3"
    assert "正在逐行核对" in moving.text
    work_on_uploads(office)
    looked = client.get(at)
    assert "Refresh" not in looked.headers
    assert "可以受理2行，以前已受理0行，要改正1行" in looked.text
    assert "我逐份核对过证照" in looked.text
    assert "样例&lt;面馆&gt;" in client.get(f"{at}?rows=all").text
    assert scalar(office.db, "SELECT count(*) FROM application") == 0
    client.send(f"{at}/file")
    work_on_uploads(office)
    assert "受理2行，以前已受理0行，退回1行" in client.get(at).text
    slips = client.get(f"{at}/slips").text
    codes = re.findall(r"<b>([0-9A-Z]{5}(?:-[0-9A-Z]{5}){3})</b>", slips)
    assert len(set(codes)) == 2
    assert "样例&lt;面馆&gt;" in slips
    for part, held in (("receipts", codes[0]), ("rejects", "911101020000000000")):
        answer = client.get(f"{at}/{part}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert held in answer.get_data(as_text=True)
    client.send(f"{at}/discard")
    client.get(at, 404)
    assert scalar(office.db, "SELECT count(*) FROM application") == 2


def test_an_empty_table_of_each_form(client: DeskClient) -> None:
    answer = client.http.get("/desk/import/template?provision=m01_tenant")
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
    client.get("/desk/import/template?provision=nonsense", 422)


def test_a_bigger_table_than_is_taken_is_refused_by_its_field(client: DeskClient) -> None:
    given = {"vouched": "unverified", "table": (io.BytesIO(b"x" * (6 * 1024 * 1024)), "big.csv")}
    assert 'href="#table">文件超过5 MB' in client.send("/desk/import", given, 422).text
