"""`wenqi payments`: a batch for the bank, its file again, and the bank's answer as a table."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner, Result

from casework.fulfilment import paid_otherwise
from cli.main import main
from config.settings import Settings
from store.db import Database
from tests.support.fulfilling import PAYING_HEAD, granted, payable, publicity_over
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


def test_an_account_is_confirmed_and_what_was_paid_elsewhere_written_down(
    environment: dict[str, str], tmp_path: Path, database: Database
) -> None:
    office = Office(database, Settings.from_env(environment))
    named, other = (
        granted(office, number, filed="开户行：测试银行西城支行，账号6222 0000 0000 0001")
        for number in (1, 2)
    )
    publicity_over(office)

    def run(*arguments: str) -> Result:
        where = ["--var", str(tmp_path), "--bureau", "finance"]
        command = ["--by", "test.ops", "payments", *arguments, *where]
        return CliRunner().invoke(main, command, env=environment)

    shown = run("account", named.receipt)
    assert "****0001" in shown.output
    assert "filed  account_unconfirmed" in shown.output
    assert "6222" not in shown.output
    number = ["--number", shown.output.split()[0]]
    assert run("account", named.receipt, "--confirm", "不知哪一个").exit_code == 2
    confirmed = run("account", named.receipt, "--confirm", "户名是申报单位，已核对执照", *number)
    assert "account_unconfirmed" not in confirmed.output
    again = run("account", named.receipt, "--confirm", "再确认一次", *number)
    assert again.exit_code == 1
    actor = "SELECT actor FROM event WHERE type = 'payment.account_confirmed'"
    assert scalar(database, actor) == "operator:test.ops"
    paid = ["paid-otherwise", other.receipt, "--note", "启用前已付，凭证12号"]
    ahead = run(*paid, "--on", office.in_days(1).isoformat())
    assert ahead.exit_code == 1
    told = run(*paid, "--on", office.today().isoformat())
    assert f"{other.receipt} was paid on {office.today()}, says one" in told.output
    assert run(*paid, "--on", office.today().isoformat()).exit_code == 1  # nor twice is it two
    assert f"{other.receipt}            0.00  paid" not in run("list").output
    paid_otherwise.record(
        database, office.settings, PAYING_HEAD, other.receipt, on=office.today(), note="凭证12号"
    )
    assert f"{other.receipt}            0.00  paid" in run("list").output
    assert scalar(database, "SELECT actor FROM event WHERE type = 'payment.claimed'") == (
        "operator:test.ops"
    )
