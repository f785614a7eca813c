"""Commands say what the running instance would say, and a wrong setting is one sentence."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.options import opened
from cli.up import Demo, Plan, plan, running
from config import build, notices
from config.settings import Settings, SettingsError, every_setting
from deploy.local.instance import Instance, InstanceError
from store.db import Database
from tests.support.office import Office

Wenqi = Callable[..., Result]
CHINESE = re.compile("[一-鿿]")


@pytest.fixture
def wenqi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wenqi:
    for item in every_setting():
        monkeypatch.delenv(item.variable.name, raising=False)

    def run(*arguments: str, **env: str) -> Result:
        return CliRunner().invoke(main, [*arguments, "--var", str(tmp_path)], env=env)

    return run


class Quiet:
    """What stands for supervisord."""

    control_socket = Path("/nothing.sock")


def announced(folder: Path, environment: dict[str, str]) -> Instance:
    instance = Instance(folder)
    told: Any = Quiet()
    instance.announce(running(told, Plan((), environment, 1)))
    return instance


def test_commands_take_every_setting_of_the_running_instance(
    wenqi: Wenqi,
    office: Office,
    environment: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "addresses.toml").write_text('[sasac]\nemail = "duty@sasac.example.org"\n')
    given = {
        **environment,
        "ACKNOWLEDGE_WORKING_DAYS": "1",
        "WEBHOOK_ALLOW_PRIVATE": "1",
        "BUREAU_ADDRESSES": "addresses.toml",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "SMTP_FROM": "wenqi@example.org",
    }
    announced(tmp_path, given)
    monkeypatch.chdir("/")
    with opened(tmp_path) as (_, settings):
        assert settings.practice.acknowledge == 1
        assert settings.bureau_addresses == tmp_path / "addresses.toml"
        assert settings.secret_key == environment["SECRET_KEY"]
    assert wenqi("webhook", "add", "sasac", "http://127.0.0.1:9/hook").exit_code == 0
    office.submit()
    told = json.loads(wenqi("report", "overdue", "--json").stdout)
    assert told["overdue"]["total"]["overdue"] == 0
    kept = (tmp_path / "running.json").read_text()
    secrets = [item.variable.name for item in every_setting() if item.is_secret]
    assert {"DATABASE_URL", "SECRET_KEY", "DATA_KEYS", "SMTP_URL", "SENTRY_DSN"} <= set(secrets)
    assert not [name for name in secrets if name in kept]


def test_a_restore_is_checked_before_there_is_a_broker(
    wenqi: Wenqi, office: Office, environment: dict[str, str]
) -> None:
    office.submit()
    without = {name: value for name, value in environment.items() if name != "REDIS_URL"}
    for command in (["doctor"], ["report", "intake"], ["dead-letter", "list"]):
        said = wenqi(*command, **without)
        assert said.exit_code in (0, 1), said.output
        assert "Error" not in said.output
    assert "the broker was not asked: REDIS_URL is not set" in wenqi("doctor", **without).output
    assert "the broker was not asked" not in wenqi("doctor", **environment).output


def test_in_a_container_every_secret_comes_from_its_file(
    wenqi: Wenqi, office: Office, environment: dict[str, str], tmp_path: Path
) -> None:
    office.submit()
    given = dict(environment)
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_KEYS"):
        file = tmp_path / name
        file.write_text(given.pop(name) + "\n", encoding="utf-8")
        given[f"{name}_FILE"] = str(file)
    said = wenqi("doctor", **given)
    assert "names no database" not in said.output
    assert "the broker was not asked" not in said.output
    twice = wenqi("doctor", **given, SECRET_KEY=environment["SECRET_KEY"])
    assert "SECRET_KEY and SECRET_KEY_FILE are both set" in twice.output


def test_who_runs_no_instance_is_told_so(wenqi: Wenqi, tmp_path: Path) -> None:
    for command in (["doctor"], ["token", "list"], ["report"]):
        said = wenqi(*command)
        assert f"Nothing runs from {tmp_path}, and DATABASE_URL names no database." in said.output


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("NOTICE_ID", "nope", "NOTICE_ID names a notice that has no notice data"),
        ("BUREAU_ADDRESSES", "[sasca]", "BUREAU_ADDRESSES names a bureau of no notice: [sasca]"),
        ("BUREAU_ADDRESSES", '["nobody:supervisor"]', "[nobody]; "),
        ("MESSAGE_REPORTS", "[email]", "MESSAGE_REPORTS"),
        ("OPERATOR_LISTEN", "127.0.0.1:99999", "OPERATOR_LISTEN must be an address"),
        ("PUBLIC_URL", "http://host:http", "PUBLIC_URL is not a URL"),
        ("DATABASE_URL", "postgresql://host:99999/x", "DATABASE_URL is not a URL"),
        ("REDIS_URL", "redis://host:0/0", "REDIS_URL is not a URL"),
        ("SMTP_URL", "smtp://host:smtp", "SMTP_URL is not a URL"),
        ("ACKNOWLEDGE_WORKING_DAYS", "two", "ACKNOWLEDGE_WORKING_DAYS must be a whole number"),
        ("OIDC_GROUPS", "heads=sasac:boss", "OIDC_GROUPS must name roles among supervisor, "),
        ("OIDC_GROUPS", "heads=sasca:officer", "OIDC_GROUPS names a bureau of no notice: [sasca]"),
        ("BUDGETS_YUAN", "九十=1", "BUDGETS_YUAN names a measure of no notice: 九十"),
        ("ENTERPRISE_CHANNELS", "pigeon", "ENTERPRISE_CHANNELS must list"),
        ("AUDIT_MAIL", "auditor@example.org", "AUDIT_MAIL is set although SMTP_URL is not"),
        ("OPERATOR_MAIL", "duty@example.org", "OPERATOR_MAIL is set although SMTP_URL is not"),
        ("API_WORKERS", "0", "API_WORKERS must be a whole number"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    wenqi: Wenqi, environment: dict[str, str], tmp_path: Path, name: str, value: str, said: str
) -> None:
    if name in ("BUREAU_ADDRESSES", "MESSAGE_REPORTS"):
        file = tmp_path / "file.toml"
        entry = 'email = "duty@example.org"'
        file.write_text(f"{value}\n{entry}\n", encoding="utf-8")
        value = str(file)
    if name == "OIDC_GROUPS":
        client = {"OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": "wenqi"}
        environment = {**environment, **client, "OIDC_CLIENT_FILE": __file__}
    refused = wenqi("token", "list", **{**environment, name: value})
    assert refused.exit_code == 1
    assert said in refused.output
    assert len(refused.output.strip().splitlines()) == 1
    assert "Traceback" not in refused.output


@pytest.mark.parametrize("port", ["70000", "http", "-1"])
def test_a_wrong_port_is_one_sentence(wenqi: Wenqi, tmp_path: Path, port: str) -> None:
    refused = wenqi("up", f"--port={port}")
    assert refused.exit_code in (1, 2)
    assert "port" in refused.output.lower()
    assert not (tmp_path / "running.json").exists()


def test_typos_of_ids_are_refused_with_what_may_be_meant(
    wenqi: Wenqi, environment: dict[str, str], database: Database
) -> None:
    listed = wenqi_bureaus()
    assert re.search(r"^sasac +区国资委 +xicheng-2020-6", listed, re.MULTILINE)
    assert "district_government" in listed
    url = "https://system.example.org/hook"
    for command, meant in (
        (
            ("webhook", "add", "sasac", url, "--event", "application.assesed"),
            "application.assessed",
        ),
        (("webhook", "add", "sasaq", url), "sasac"),
        (("token", "create", "sasaq", "测试甲"), "sasac"),
        (("report", "intake", "--bureau", "sasaq"), "sasac"),
        (("report", "intake", "--provision", "m01_tenants"), "m01_tenant"),
        (("audit", "list", "--type", "access.faild"), "access.failed"),
        (("dead-letter", "list", "--stage", "asess"), "assess"),
        (("payments", "list", "--bureau", "sasac", "--progress", "payble"), "payable"),
    ):
        refused = wenqi(*command, **environment)
        assert refused.exit_code in (1, 2), refused.output
        assert f"did you mean {meant}" in refused.output
        assert not CHINESE.search(refused.output.replace("测试甲", "")), "operators read English"
    with database.statement() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM webhook_endpoint").scalar() == 0


def wenqi_bureaus() -> str:
    listed = CliRunner().invoke(main, ["bureaus"])
    assert listed.exit_code == 0, listed.output
    return listed.output


def test_only_a_demonstration_goes_without_a_second_factor(
    environment: dict[str, str], tmp_path: Path
) -> None:
    kept = {name: environment[name] for name in ("DATA_KEYS", "SECRET_KEY")}
    instance = Instance(tmp_path)
    instance.lock()
    made = {
        demo: plan(instance, instance.secrets(), 8000, kept, demo=demo).environment for demo in Demo
    }
    assert "SECOND_FACTOR" not in made[Demo.NO]
    assert made[Demo.YES]["SECOND_FACTOR"] == made[Demo.IF_EMPTY]["SECOND_FACTOR"] == "0"
    instance.close()


def test_faulty_notice_data_are_told_before_anything_starts(
    environment: dict[str, str], tmp_path: Path
) -> None:
    shutil.copytree(notices.PACKAGED, tmp_path / "notices")
    (broken,) = (tmp_path / "notices").glob("*/measures/m01.toml")
    broken.write_text("[[[", encoding="utf-8")
    given = {**environment, "NOTICES_PATH": str(tmp_path / "notices")}
    instance = Instance(tmp_path)
    instance.lock()
    try:
        with pytest.raises(InstanceError, match=r"The notice data in .* is faulty: m01\.toml: "):
            plan(instance, instance.secrets(), 8000, given, demo=Demo.NO)
        with pytest.raises(SettingsError, match=r"^NOTICES_PATH has a notice .* read: m01\.toml"):
            Settings.from_env({**given, "BUDGETS_YUAN": "一=1"})
    finally:
        instance.close()


def test_the_build_says_which_it_is() -> None:
    said = CliRunner().invoke(main, ["--version"]).output
    assert said == f"wenqi {build.VERSION} ({build.revision()})\n"
    assert re.fullmatch(r"\d+\.\d+\.\d+", build.VERSION)
    assert re.fullmatch(r"[0-9a-f]{12}|unknown", build.revision())
