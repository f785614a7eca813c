"""`wenqi payments`: a batch for the bank, its file again, and the bank's answer as a table."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main
from config.settings import Settings
from store.db import Database
from tests.support.fulfilling import payable
from tests.support.ledgers import scalar
from tests.support.office import Office


def test_a_batch_is_written_and_answered(
    environment: dict[str, str], tmp_path: Path, database: Database
) -> None:
    office = Office(database, Settings.from_env(environment))
    accepted, today = payable(office), office.today()
    out, answer = tmp_path / "batch.csv", tmp_path / "answer.csv"

    def run(*arguments: str) -> Result:
        where = ["--var", str(tmp_path), "--bureau", "finance"]
        command = ["--by", "test.ops", "payments", *arguments, *where]
        return CliRunner().invoke(main, command, env=environment)

    listed = run("list", "--progress", "payable")
    assert f"{accepted.receipt}       50,000.00" in listed.output
    made = run("export", "--out", str(out))
    assert made.exit_code == 0, made.output
    found = re.search(r"batch (\d+): 1 payments, 50,000.00 yuan", made.output)
    assert found is not None
    content = out.read_bytes()
    assert out.stat().st_mode & 0o077 == 0
    assert run("export", "--out", str(out)).exit_code == 1
    assert run("file", found[1], "--out", str(out)).exit_code == 0
    assert out.read_bytes() == content
    line = f"FK{found[1]}-0001,50000.00,成功,{today}"
    answer.write_text(f"编号,金额（元）,结果,日期\n{line}\n{line}\n", encoding="utf-8")
    refused = run("confirm", found[1], str(answer))
    assert (refused.exit_code, f"Line 2 (FK{found[1]}-0001)" in refused.output) == (1, True)
    answer.write_text(f"编号,金额（元）,结果,日期\n{line}\n", encoding="gb18030")
    assert "paid 1, returned 0" in run("confirm", found[1], str(answer)).output
    said = "SELECT actor FROM event WHERE type = 'payment.made'"
    assert scalar(database, said) == "operator:test.ops"
