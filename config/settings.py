"""Settings from the environment: each declared once, and read in one place.

Every process builds its `Settings` once at start. A wrong value is reported by the variable's name
at start, never at the first application that would need it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from config import channels, keys, notices, together, urls
from config.accounts import Accounts
from config.auditing import Auditing
from config.channels import Contact, SmsGateway
from config.declared import (
    LOG_LEVELS,
    Declared,
    Text,
    Unit,
    Whole,
    a_day,
    declared,
    existing_file,
    existing_folder,
    flag,
    log_level,
    read,
    text,
    variable,
    yuan,
)
from config.documents import Documents
from config.enterprise_login import EnterpriseLogin
from config.keys import Ring
from config.limits import Limits
from config.practice import DAYS, DAYS_OR_NONE, Practice, disagreement, local
from config.urls import Address, SmtpServer

# A process takes a core, some 100 MiB and a dozen of PostgreSQL's connections; more than this many
# by themselves would leave the workers and the database none.
_API_WORKERS_UNASKED: Final = 4
_Read = TypeVar("_Read")
_GROUPS: Final[Mapping[str, Any]] = {
    "practice": Practice,
    "limits": Limits,
    "accounts": Accounts,
    "enterprise_login": EnterpriseLogin,
    "auditing": Auditing,
    "documents": Documents,
}


class SettingsError(ValueError):
    """Variables are missing or wrong: a line each, which starts with the variable's name."""


def _api_workers_unasked() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(cores or 1, _API_WORKERS_UNASKED)


def _secret_key(value: str) -> str:
    keys.parse_secret("SECRET_KEY", value)
    return value


def _data_keys(value: str) -> Ring:
    return keys.parse("DATA_KEYS", value)


def _of_file(name: str, path: Path, read: Callable[[Path], _Read]) -> _Read:
    try:
        return read(path)
    except channels.ChannelFileError as error:
        raise SettingsError(f"{name}: {error}") from error


@dataclass(frozen=True)
class Settings:
    """All settings of a process."""

    # fmt: off
    database_url: str = field(repr=False, metadata=variable(
        "DATABASE_URL", urls.database_url,
        "PostgreSQL 18 or newer, `postgresql://user:password@host/db`",
        "PostgreSQL 18 或更新版本，`postgresql://用户:密码@主机/库`",
        unset=Text("embedded", "自带")))
    redis_url: str = field(repr=False, metadata=variable(
        "REDIS_URL", urls.redis_url,
        "the broker, `redis://:password@host:6379/0`",
        "消息代理，`redis://:密码@主机:6379/0`",
        unset=Text("embedded", "自带")))
    database_owner_url: str | None = field(default=None, repr=False, metadata=variable(
        "DATABASE_OWNER_URL", urls.database_url,
        "the login that owns the tables, for `wenqi migrate` alone; the application's has no right"
        " to change tables, events or the clock",
        "拥有数据表的登录名，仅供 `wenqi migrate` 使用；应用的登录名不能改表结构、改事件或拨时钟",
        unset=Text("`DATABASE_URL`", "`DATABASE_URL`"), in_containers=False))
    database_auditor_url: str | None = field(default=None, repr=False, metadata=variable(
        "DATABASE_AUDITOR_URL", urls.database_url,
        "the login that reads the trail and nothing else, for `wenqi audit`",
        "只能读取审计记录的登录名，供 `wenqi audit` 使用",
        unset=Text("`DATABASE_URL`", "`DATABASE_URL`"), in_containers=False))
    secret_key: str = field(default="", repr=False, metadata=variable(
        "SECRET_KEY", _secret_key,
        f"protects access codes: {keys.KEY_BYTES} or more random characters, or keys like"
        " DATA_KEYS",
        f"保护查询码：{keys.KEY_BYTES} 个以上随机字符，或与 DATA_KEYS 同样写法的多个密钥",
        unset=Text("made in `var/`", "生成于 `var/`")))
    data_keys: Ring | None = field(default=None, repr=False, metadata=variable(
        "DATA_KEYS", _data_keys,
        "encrypt personal data at rest: `id:base64,…`, newest first; `wenqi keys new` makes one",
        "加密存储的个人信息：`编号:base64,…`，新的在前；`wenqi keys new` 生成",
        unset=Text("made in `var/`", "生成于 `var/`")))
    public_url: str = field(default="http://127.0.0.1:8000", metadata=variable(
        "PUBLIC_URL", urls.public_url,
        "the address people see in answers and messages",
        "答复和通知中使用的地址"))
    operator_listen: Address | None = field(default=None, metadata=variable(
        "OPERATOR_LISTEN", urls.listen_address,
        "where the API shows `/metrics` and the state of every part (`/readyz`), for operators "
        "alone: `127.0.0.1:9100`; under `make run` a free port",
        "API 仅供运维人员查看 `/metrics` 和各部分状况（`/readyz`）的地址，如 `127.0.0.1:9100`；"
        "`make run` 自选空闲端口"))
    security_contact: str | None = field(default=None, metadata=variable(
        "SECURITY_CONTACT", urls.contact_uri,
        "who is told of a security problem, on `/.well-known/security.txt`: `mailto:…` or `https://…`",
        "`/.well-known/security.txt` 上的安全问题联系方式：`mailto:…` 或 `https://…`"))
    security_expires: date | None = field(default=None, metadata=variable(
        "SECURITY_EXPIRES", a_day,
        "until when that contact may be relied upon, `2027-06-30`; at most a year ahead",
        "上述联系方式的有效期，如 `2027-06-30`；不超过一年"))
    alive_folder: Path | None = field(default=None, metadata=variable(
        "ALIVE_FOLDER", Path,
        "where each worker touches a file `alive-<queue>` every 5 seconds, for health checks",
        "每个后台进程每 5 秒更新文件 `alive-<队列>` 的目录，供健康检查"))
    environment: str = field(default="local", metadata=variable(
        "WENQI_ENV", text, "name of the deployment", "部署名称"))
    log_level: str = field(default="INFO", metadata=variable(
        "LOG_LEVEL", log_level, ", ".join(LOG_LEVELS), "日志级别"))
    sentry_dsn: str | None = field(default=None, repr=False, metadata=variable(
        "SENTRY_DSN", urls.sentry_dsn,
        "where error reports go, `https://key@host/project`",
        "错误上报的地址，`https://密钥@主机/项目`"))
    notices_path: Path = field(default=notices.PACKAGED, metadata=variable(
        "NOTICES_PATH", existing_folder,
        "folder of the notices, each in a folder named by its id",
        "通知数据的目录，每份通知一个子目录，以其代码命名",
        unset=Text("`config/notices/`", "`config/notices/`")))
    notice_id: str = field(default="xicheng-2020-6", metadata=variable(
        "NOTICE_ID", text,
        "the notice of applications that name none",
        "未写明通知的申请所依据的通知"))
    api_workers: int = field(default_factory=_api_workers_unasked, metadata=variable(
        "API_WORKERS", Whole(1, 32),
        "processes that serve the API; each takes up to 12 database connections",
        "API 的进程数；每个进程最多占用 12 个数据库连接",
        unset=Text(
            f"one per core, at most {_API_WORKERS_UNASKED}",
            f"每核一个，最多 {_API_WORKERS_UNASKED}",
        )))
    answer_seconds: int = field(default=4, metadata=variable(
        "ANSWER_SECONDS", Whole(2, 60, Unit.SECONDS),
        "how long one request may wait for the database altogether; then 503, to be sent again",
        "一次请求等待数据库的总时限，超过即答复503、请稍后重发"))
    lease_seconds: int = field(default=60, metadata=variable(
        "LEASE_SECONDS", Whole(1, 3600, Unit.SECONDS),
        "the work ledger: how long a worker may hold an item",
        "待办台账：占用时间"))
    max_attempts: int = field(default=10, metadata=variable(
        "MAX_ATTEMPTS", Whole(1, 1000),
        "the work ledger: tries before a dead letter",
        "待办台账：进入死信前的次数"))
    chunk_max: int = field(default=500, metadata=variable(
        "CHUNK_MAX", Whole(1, 10_000),
        "the work ledger: ids in one message",
        "待办台账：每条消息的件数"))
    max_body_bytes: int = field(default=262144, metadata=variable(
        "MAX_BODY_BYTES", Whole(1024, 512 * 1024, Unit.BYTES),
        "largest single application",
        "单件申报的最大长度"))
    smtp_url: str | None = field(default=None, repr=False, metadata=variable(
        "SMTP_URL", urls.smtp_url,
        "mail server, `smtp://user:password@host:587?starttls=1` or `smtps://…`",
        "邮件服务器，`smtp://用户:密码@主机:587?starttls=1` 或 `smtps://…`"))
    smtp_from: str | None = field(default=None, metadata=variable(
        "SMTP_FROM", channels.sender, "sender of e-mail", "发件人地址"))
    smtp_timeout: int = field(default=10, metadata=variable(
        "SMTP_TIMEOUT", Whole(1, 600, Unit.SECONDS),
        "how long the mail server may take", "等待邮件服务器的时间"))
    bureau_addresses: Path | None = field(default=None, metadata=variable(
        "BUREAU_ADDRESSES", existing_file,
        "TOML file: how each bureau is reached, channels in order of trial",
        "TOML 文件：各责任单位的联系渠道，按尝试次序"))
    sms_gateway: Path | None = field(default=None, metadata=variable(
        "SMS_GATEWAY", existing_file,
        "TOML file: an HTTP gateway for text messages",
        "TOML 文件：通用短信网关"))
    message_reports: Path | None = field(default=None, metadata=variable(
        "MESSAGE_REPORTS", existing_file,
        "TOML file: `email`, `sms`: secrets (`whsec_…`) that sign reports of what came back",
        "TOML 文件：`email`、`sms` 两项，未送达报告的签名密钥（`whsec_…`）"))
    codes_file: Path | None = field(default=None, metadata=variable(
        "CODES_FILE", Path,
        "demonstration without SMTP_URL and SMS_GATEWAY: verification codes are written here;"
        " set by `make run`, which prints them",
        "没有 SMTP_URL 和 SMS_GATEWAY 的演示：验证码写入此文件；由 `make run` 设置并显示",
        in_containers=False))
    enterprise_channels: tuple[str, ...] = field(default=("email", "sms"), metadata=variable(
        "ENTERPRISE_CHANNELS", channels.channel_names,
        "order of trial towards enterprises",
        "通知企业的渠道次序",
        unset=Text("`email,sms`", "`email,sms`")))
    failover_attempts: int = field(default=3, metadata=variable(
        "FAILOVER_ATTEMPTS", Whole(1, 100),
        "tries on one channel before the next one",
        "换下一渠道前的次数"))
    http_timeout: int = field(default=10, metadata=variable(
        "HTTP_TIMEOUT", Whole(1, 60, Unit.SECONDS),
        "how long one message to a robot, gateway or bureau system may take altogether",
        "向群机器人、短信网关或部门系统发一条消息的总时限"))
    cors_origins: tuple[str, ...] = field(default=(), metadata=variable(
        "CORS_ORIGINS", urls.web_origins,
        "origins whose pages may call the API from a browser, such as https://forms.example.org",
        "哪些网站的网页可以在浏览器中直接调用接口，例如 https://forms.example.org",
        unset=Text("none", "没有")))
    webhook_allow_private: bool = field(default=False, metadata=variable(
        "WEBHOOK_ALLOW_PRIVATE", flag,
        "1: webhooks may call private addresses, which are refused otherwise",
        "1：允许回调内网地址；默认拒绝"))
    visit_working_days: int = field(default=10, metadata=local(
        "VISIT_WORKING_DAYS", DAYS, "until a promised visit", "走访期限"))
    reminder_working_days: int = field(default=2, metadata=local(
        "REMINDER_WORKING_DAYS", DAYS_OR_NONE,
        "so long before a visit its reminder goes out; fewer than VISIT_WORKING_DAYS",
        "走访前多久提醒；须小于 VISIT_WORKING_DAYS"))
    callback_working_days: int = field(default=3, metadata=local(
        "CALLBACK_WORKING_DAYS", DAYS,
        "until a dissatisfied applicant is called back",
        "评价不满意后的回访期限"))
    practice: Practice = field(default_factory=Practice)
    limits: Limits = field(default_factory=Limits)
    auditing: Auditing = field(default_factory=Auditing)
    documents: Documents = field(default_factory=Documents)
    accounts: Accounts = field(default_factory=Accounts)
    enterprise_login: EnterpriseLogin = field(default_factory=EnterpriseLogin)
    determination_approval_yuan: Decimal = field(default=Decimal(100_000), metadata=local(
        "DETERMINATION_APPROVAL_YUAN", yuan,
        "a determination above so many yuan needs a second person",
        "认定金额（元）超过此数须由第二人复签"))
    export_hours: int = field(default=24, metadata=variable(
        "EXPORT_HOURS", Whole(1, 24 * 30, Unit.HOURS),
        "how long a finished export can be fetched",
        "导出文件生成后可下载的时间"))
    idempotency_days: int = field(default=30, metadata=variable(
        "IDEMPOTENCY_DAYS", Whole(1, 366, Unit.DAYS),
        "how long an Idempotency-Key is remembered",
        "记住 Idempotency-Key 的时间"))
    changed_addresses: tuple[tuple[str, tuple[Contact, ...]], ...] = field(default=(), repr=False)
    """By recipient how bureaus are reached that an administrator gave other addresses."""
    changed_from: Settings | None = field(default=None, repr=False, compare=False)
    """What the environment says, where administrators have changed anything of it."""
    allow_time_travel: bool = field(default=False, metadata=variable(
        "ALLOW_TIME_TRAVEL", flag,
        "1: `wenqi clock` may move business time (tests only; not in containers)",
        "1：允许 `wenqi clock` 拨动业务时间（仅测试；不进容器）",
        in_containers=False))
    # fmt: on

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `env` (default: the process environment).

        Raises SettingsError, naming every variable that is missing, malformed or unsafe. From then
        on the process finds its notices where the settings say, and holds their data keys.
        """
        env = os.environ if env is None else env
        wrong: list[str] = []
        values = read(declared(cls), env, wrong)
        groups = {name: read(declared(kind), env, wrong) for name, kind in _GROUPS.items()}
        if wrong:
            raise SettingsError("\n".join(wrong))
        settings = cls(**values, **{name: kind(**groups[name]) for name, kind in _GROUPS.items()})
        if wrong := list(together.faults(settings)):
            raise SettingsError("\n".join(wrong))
        notices.read_from(settings.notices_path)
        if settings.data_keys is not None:
            keys.hold(settings.data_keys)
        return settings

    def require_secret_key(self) -> str:
        """Return the secret key; raises SettingsError where a process needs it and has none."""
        if not self.secret_key:
            raise SettingsError("SECRET_KEY is not set; this process cannot protect access codes")
        return self.secret_key

    def require_data_keys(self) -> Ring:
        """The keys of personal data; raises SettingsError where a process has none."""
        if self.data_keys is None:
            raise SettingsError(
                "DATA_KEYS is not set; this process cannot read personal data or store it"
            )
        return self.data_keys

    @property
    def deployed(self) -> Settings:
        """The same as the environment has it, without what administrators have changed."""
        return self.changed_from or self

    @property
    def owner_url(self) -> str:
        """The URL under which tables are made and the clock is moved."""
        return self.database_owner_url or self.database_url

    @property
    def smtp(self) -> SmtpServer | None:
        """The mail server of SMTP_URL, or None where no e-mail is to be sent."""
        return urls.smtp_server(self.smtp_url) if self.smtp_url else None

    def bureau_contacts(self) -> dict[str, tuple[Contact, ...]]:
        """How each bureau is reached, in order, as BUREAU_ADDRESSES or administrators say."""
        path = self.bureau_addresses
        found = _of_file("BUREAU_ADDRESSES", path, channels.read_contacts) if path else {}
        return found | dict(self.changed_addresses)

    @cached_property
    def report_secrets(self) -> dict[str, str]:
        """What signs reports on messages, by channel (MESSAGE_REPORTS; {} without one)."""
        path = self.message_reports
        return _of_file("MESSAGE_REPORTS", path, channels.read_report_secrets) if path else {}

    @cached_property
    def sms(self) -> SmsGateway | None:
        """The gateway of SMS_GATEWAY, or None where no short message is to be sent."""
        path, read_it = self.sms_gateway, channels.read_sms_gateway
        return _of_file("SMS_GATEWAY", path, read_it) if path else None

    def practice_fault(self) -> Text | None:
        """Why the settings that are local practice do not go together; None: they do."""
        return (
            disagreement(
                self.visit_working_days,
                self.reminder_working_days,
                self.practice.automatic_yuan,
                self.determination_approval_yuan,
            )
            or self._budget_of_no_measure()
        )

    def _budget_of_no_measure(self) -> Text | None:
        if not self.practice.budgets:
            return None
        known = notices.measure_numbers(self.notices_path)
        for name in (one.name for one in self.practice.budgets if one.name not in known):
            said = f"BUDGETS_YUAN names a measure of no notice: {name}"
            return Text(said, f"没有编号为{name}的措施")
        return None


def api_workers(env: Mapping[str, str] | None = None) -> int:
    """How many processes serve the API: API_WORKERS, or one per core but not more than four.

    Apart from the rest, for what is served without the application. Raises SettingsError.
    """
    return int(_one("api_workers", env))


def operator_listen(env: Mapping[str, str] | None = None) -> Address | None:
    """Where operators are answered (OPERATOR_LISTEN), apart from the rest as well."""
    return cast("Address | None", _one("operator_listen", env))


def _one(name: str, env: Mapping[str, str] | None) -> Any:
    (one,) = (item for item in declared(Settings) if item.field == name)
    wrong: list[str] = []
    values = read([one], os.environ if env is None else env, wrong)
    if wrong:
        raise SettingsError("\n".join(wrong))
    return values.get(name, one.default)


def every_setting() -> list[Declared]:
    """Every setting, in the order of the READMEs' table."""
    return [each for kind in [Settings, *_GROUPS.values()] for each in declared(kind)]
