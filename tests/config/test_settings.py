"""Settings: what a deployment sets, and that a mistake is named at start."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from config.channels import Contact
from config.declared import Whole
from config.settings import Settings, SettingsError, every_setting
from config.urls import SmtpServer
from tests.support.notices import copy_packaged, replace_once

MINIMUM = {
    "DATABASE_URL": "postgresql://wenqi:s3cret-word@127.0.0.1:5432/wenqi",
    "REDIS_URL": "redis://:other-word@127.0.0.1:6379/0",
}

MAIL = {"SMTP_URL": "smtp://mail.invalid", "SMTP_FROM": "wenqi@example.org"}


def read(**changes: str) -> Settings:
    return Settings.from_env({**MINIMUM, **changes})


def test_two_variables_are_enough() -> None:
    settings = read()
    assert settings.database_url == "postgresql+psycopg://wenqi:s3cret-word@127.0.0.1:5432/wenqi"
    assert settings.redis_url == MINIMUM["REDIS_URL"]
    assert settings.smtp is None
    assert settings.bureau_contacts() == {}
    assert settings.allow_time_travel is False


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_spelling_of_the_database_url(scheme: str) -> None:
    url = f"{scheme}://u:p@/wenqi?host=/run/pg"
    assert read(DATABASE_URL=url).database_url == "postgresql+psycopg://u:p@/wenqi?host=/run/pg"


def test_an_empty_variable_means_the_default() -> None:
    assert read(LEASE_SECONDS="", SENTRY_DSN=" ", LOG_LEVEL="") == read()


def test_values_are_taken_over() -> None:
    settings = read(
        LEASE_SECONDS="5", PUBLIC_URL="https://wenqi.example.org/", LOG_LEVEL="debug",
        ALLOW_TIME_TRAVEL="1", VISIT_WORKING_DAYS="3", REMINDER_WORKING_DAYS="1",
    )  # fmt: skip
    assert settings.lease_seconds == 5
    assert settings.public_url == "https://wenqi.example.org"
    assert settings.log_level == "DEBUG"
    assert settings.allow_time_travel is True
    assert (settings.visit_working_days, settings.reminder_working_days) == (3, 1)
    assert read(DETERMINATION_APPROVAL_YUAN="5000.50").determination_approval_yuan == Decimal(
        "5000.50"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "mysql://u:p@host/db"),
        ("DATABASE_URL", "postgresql://u:p@host"),
        ("REDIS_URL", ""),
        ("REDIS_URL", "http://host"),
        ("SECRET_KEY", "short"),
        ("PUBLIC_URL", "wenqi.example.org"),
        ("SENTRY_DSN", "https://no-key.example.org/1"),
        ("LOG_LEVEL", "LOUD"),
        ("LEASE_SECONDS", "0"),
        ("LEASE_SECONDS", "1_0"),
        ("LEASE_SECONDS", "10s"),
        ("MAX_ATTEMPTS", "-1"),
        ("CHUNK_MAX", "３"),
        ("SMTP_URL", "smtp://mail.example.org"),
        ("SMTP_TIMEOUT", "0.5"),
        ("BUREAU_ADDRESSES", "no-such-file.toml"),
        ("REMINDER_WORKING_DAYS", "10"),
        ("ALLOW_TIME_TRAVEL", "yes"),
        ("MAX_BODY_BYTES", "0"),
        ("DETERMINATION_APPROVAL_YUAN", "-1"),
        ("DETERMINATION_APPROVAL_YUAN", "1e6"),
        ("DETERMINATION_APPROVAL_YUAN", "1.005"),
        ("AUTOMATIC_DETERMINATION_YUAN", "1e3"),
        ("BUDGETS_YUAN", "一"),
        ("BUDGETS_YUAN", "一=1,一=2"),
        ("AUTOMATIC_DETERMINATION_YUAN", "100000.01"),
        ("CALLBACK_WORKING_DAYS", "0"),
        ("AUDIT_MAIL", "the auditor"),
        ("OPERATOR_MAIL", "a@example.org,b@example.org"),
        ("SMTP_FROM", "example.org"),
    ],
)
def test_a_wrong_value_is_reported_by_its_name(name: str, value: str) -> None:
    expected = "SMTP_FROM" if name == "SMTP_URL" else name
    with pytest.raises(SettingsError, match=f"^{expected}"):
        read(**{name: value})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"AUDIT_MAIL": "a@example.org"}, "AUDIT_MAIL is set although SMTP_URL is not"),
        ({"OPERATOR_MAIL": "a@example.org"}, "OPERATOR_MAIL is set although SMTP_URL is not"),
        ({"SMTP_FROM": "a@example.org"}, "SMTP_FROM is set although SMTP_URL is not"),
        (
            {"ENTERPRISE_CHANNELS": "sms"},
            "ENTERPRISE_CHANNELS names sms alone although SMS_GATEWAY is not set",
        ),
        (
            {"ENTERPRISE_CHANNELS": "email"},
            "ENTERPRISE_CHANNELS names email alone although SMTP_URL is not set",
        ),
        (
            {"OIDC_GROUPS": "heads=sasac:officer"},
            "OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_FILE and OIDC_GROUPS go together",
        ),
    ],
)
def test_a_setting_that_needs_another_is_refused_without_it(
    given: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**given)
    assert str(caught.value) == said


def test_with_a_mail_server_auditor_and_operator_are_mailed() -> None:
    settings = read(
        SMTP_URL="smtp://mail.invalid",
        SMTP_FROM="wenqi@example.org",
        AUDIT_MAIL="auditor@example.org",
        OPERATOR_MAIL="operator@example.org",
        ENTERPRISE_CHANNELS="email",
    )
    assert settings.auditing.mail == "auditor@example.org"
    assert settings.auditing.operator_mail == "operator@example.org"


def test_everything_that_is_wrong_is_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read(REDIS_URL="", LEASE_SECONDS="0", DIGEST_AT="noon")
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "REDIS_URL",
        "LEASE_SECONDS",
        "DIGEST_AT",
    ]


def test_every_setting_is_declared_once_and_explained_in_both_languages() -> None:
    names = [item.variable.name for item in every_setting()]
    assert len(set(names)) == len(names) == 106
    for item in every_setting():
        assert item.variable.help.english
        assert re.search(r"[\u4e00-\u9fff]", item.variable.help.chinese), item.variable.name


def test_every_default_is_a_value_that_could_be_set() -> None:
    for item in every_setting():
        if isinstance(item.variable.parse, Whole):
            assert item.variable.parse(str(item.default)) == item.default


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "SMTP_URL"])
def test_an_error_does_not_repeat_a_url_that_may_hold_a_password(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**{name: "ftp://user:hunter2@host/x"}, SMTP_FROM="a@example.org")
    assert "hunter2" not in str(caught.value)


def test_printing_settings_shows_no_secret() -> None:
    shown = repr(
        read(
            SECRET_KEY="k" * 32,
            SENTRY_DSN="https://dsn-key@sentry.invalid/1",
            SMTP_URL="smtp://user:mail-word@mail.invalid",
            SMTP_FROM="wenqi@example.org",
        )
    )
    for secret in ("s3cret-word", "other-word", "k" * 32, "dsn-key", "mail-word"):
        assert secret not in shown


def test_a_process_that_needs_the_secret_key_says_so() -> None:
    with pytest.raises(SettingsError, match=r"^SECRET_KEY"):
        read().require_secret_key()
    assert read(SECRET_KEY="k" * 32).require_secret_key() == "k" * 32


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.invalid", SmtpServer("mail.invalid", 25)),
        (
            "smtp://me%40example.org:p%2Fw@mail.invalid?starttls=1",
            SmtpServer("mail.invalid", 587, "me@example.org", "p/w", "starttls"),
        ),
        ("smtps://mail.invalid", SmtpServer("mail.invalid", 465, security="tls")),
        ("smtp://127.0.0.1:8025", SmtpServer("127.0.0.1", 8025)),
    ],
)
def test_mail_server(url: str, server: SmtpServer) -> None:
    assert read(SMTP_URL=url, SMTP_FROM="wenqi@example.org").smtp == server


@pytest.mark.parametrize(
    "url", ["smtp://", "smtp://h?starttls=maybe", "smtp://h?verify=0", "smtps://h?starttls=1"]
)
def test_wrong_mail_server(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^SMTP_URL"):
        read(SMTP_URL=url, SMTP_FROM="wenqi@example.org")


def test_bureau_addresses(tmp_path: Path) -> None:
    path = tmp_path / "bureaus.toml"
    path.write_text('[sasac]\nemail = "duty@sasac.example.org"\n', encoding="utf-8")
    assert read(BUREAU_ADDRESSES=str(path), **MAIL).bureau_contacts() == {
        "sasac": (Contact("email", "duty@sasac.example.org"),)
    }


@pytest.mark.parametrize(
    ("ways", "needs"),
    [
        (("email",), "SMTP_URL"),
        (("sms",), "SMS_GATEWAY"),
        (("sms", "email"), "SMS_GATEWAY and SMTP_URL"),
        (("email", "wecom"), None),
    ],
)
def test_a_bureau_that_can_be_reached_in_no_way_is_found_at_start(
    tmp_path: Path, ways: tuple[str, ...], needs: str | None
) -> None:
    addresses = {"email": "duty@sasac.example.org", "sms": "13800000000"}
    listed = [
        f'{{ channel = "{way}", address = "{addresses.get(way, "https://example.org/robot")}" }}'
        for way in ways
    ]
    path = tmp_path / "bureaus.toml"
    path.write_text(f"[sasac]\nchannels = [{', '.join(listed)}]\n", encoding="utf-8")
    if needs is None:
        assert len(read(BUREAU_ADDRESSES=str(path)).bureau_contacts()["sasac"]) == len(ways)
        return
    with pytest.raises(SettingsError) as caught:
        read(BUREAU_ADDRESSES=str(path))
    assert str(caught.value) == f"BUREAU_ADDRESSES reaches [sasac] in no way: {needs} not set"


@pytest.mark.parametrize("content", ["", "access_key_id = 'a'", "no toml"])
def test_the_login_of_a_document_store_is_read_at_start(tmp_path: Path, content: str) -> None:
    path = tmp_path / "login.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^DOCUMENT_STORE_LOGIN: .* must hold access_key_id"):
        read(DOCUMENT_STORE="s3://papers?region=x", DOCUMENT_STORE_LOGIN=str(path))
    path.write_text("access_key_id = 'a'\nsecret_access_key = 'b'\n", encoding="utf-8")
    read(DOCUMENT_STORE="s3://papers?region=x", DOCUMENT_STORE_LOGIN=str(path))
    with pytest.raises(SettingsError, match=r"^DOCUMENT_STORE_LOGIN is set although"):
        read(DOCUMENT_STORE_LOGIN=str(path))


@pytest.mark.parametrize(
    "content",
    [
        "not toml",
        'sasac = "duty@sasac.example.org"',
        '[sasac]\nemail = "nobody"',
        '[sasac]\nemail = "a@example.org, b@example.org"',
        '[sasac]\nemail = "a@example.org\\nBcc: b@example.org"',
        '[sasac]\nemial = "a@example.org"',
    ],
)
def test_wrong_bureau_addresses_are_found_at_start(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bureaus.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"^BUREAU_ADDRESSES"):
        read(BUREAU_ADDRESSES=str(path))


def test_the_notice_is_named_by_its_id_alone(tmp_path: Path) -> None:
    notice = copy_packaged(tmp_path)
    found = read(NOTICES_PATH=str(tmp_path), NOTICE_ID=notice.name)
    assert (found.notices_path, found.notice_id) == (tmp_path, notice.name)
    for path in (str(notice), f"../{tmp_path.name}/{notice.name}", f"{notice.name}/"):
        with pytest.raises(SettingsError, match=r"^NOTICE_ID must be the id of a notice in "):
            read(NOTICES_PATH=str(tmp_path), NOTICE_ID=path)
    with pytest.raises(SettingsError, match=r"^NOTICE_ID names a notice that has no notice data"):
        read(NOTICES_PATH=str(tmp_path), NOTICE_ID="other-2021-1")
    with pytest.raises(SettingsError, match=r"^NOTICES_PATH names no folder"):
        read(NOTICES_PATH=str(tmp_path / "none"))


def test_a_folder_that_bears_another_notices_name_is_refused(tmp_path: Path) -> None:
    notice = copy_packaged(tmp_path)
    replace_once(notice / "notice.toml", f'id = "{notice.name}"', 'id = "other-2021-1"')
    with pytest.raises(SettingsError, match=r"^NOTICE_ID is .* has the id 'other-2021-1'$"):
        read(NOTICES_PATH=str(tmp_path), NOTICE_ID=notice.name)
