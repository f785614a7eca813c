"""Limits against automation: counted in Redis for all processes, in memory while it is away.

A filing that is refused here has cost no database. The keys hold keyed hashes: neither address nor
telephone can be read from Redis. Windows are of real time, whatever business time is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final

from flask import request
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

from api import metrics
from casework.errors import TooMany
from casework.personal.credentials import keyed
from config.limits import Limits
from config.settings import Settings
from config.telemetry.logs import log
from schemas.kit.telephone import read_telephone
from vocabulary.writing import mailbox_form

_REDIS_SECONDS: Final = 0.25
"""So long Redis may take; then the counts of this process must do."""
_AWAY_SECONDS: Final = 5.0
"""So long it is not asked again."""
_MOST_BLOCKED: Final = 10_000
_MOST_COUNTED: Final = 50_000
"""So many counts a process keeps by itself, about 50 MB."""
_BLOCKS: Final = 1000
"""A sending system's limit is drawn in so many parts: it asks Redis once for each."""


class TooOften(TooMany):
    """More than a limit allows. `retry_after`: seconds."""

    code = "too_many_requests"
    title = "请求过于频繁"
    message = "请求过于频繁，请稍后再试。"

    def __init__(self, who: str, retry_after: int) -> None:
        wait = f"{retry_after}秒" if retry_after < 120 else f"约{-(-retry_after // 60)}分钟"  # noqa: PLR2004
        super().__init__(
            f"{who}请求过于频繁，请在{wait}后再试。已提交的申报不受影响。", retry_after
        )


class Limiter:
    """Counts; one per process, safe for many threads."""

    def __init__(self, settings: Settings) -> None:
        self._limits: Limits = settings.limits
        self._secret = settings.require_secret_key()
        self._shared = FixedWindowRateLimiter(
            RedisStorage(
                settings.redis_url,
                socket_timeout=_REDIS_SECONDS,
                socket_connect_timeout=_REDIS_SECONDS,
                key_prefix="wenqi-limits",
            )
        )
        self._memory = MemoryStorage()
        self._own = FixedWindowRateLimiter(self._memory)
        self._away_until = 0.0
        self._lock = threading.Lock()
        self._drawn: dict[int, int] = {}
        self._blocked: dict[str, float] = {}

    def form(self) -> None:
        """One more open form from the present address. Raises TooOften."""
        limits = self._limits
        self._count("form", limits.address_minute, RateLimitItemPerMinute, _HERE, self.address())
        self._count("forms", limits.address_day, RateLimitItemPerDay, _HERE, self.address())

    def filing(self, enterprise: Mapping[str, Any]) -> None:
        """One more open form that names this enterprise and contact. Raises TooOften."""
        limits, contact = self._limits, enterprise.get("contact") or {}
        for kind, most, who, value in (
            ("uscc", limits.enterprise_day, "同一统一社会信用代码今天的", enterprise.get("uscc")),
            ("phone", limits.phone_day, "同一联系电话今天的", _number(contact.get("phone"))),
            (
                "mail",
                limits.mail_day,
                "同一电子邮箱今天的",
                mailbox_form(contact.get("email") or ""),
            ),
        ):
            if value:
                self._count(kind, most, RateLimitItemPerDay, who, value.casefold())

    def screening(self) -> None:
        """One more screening from the present address. Raises TooOften."""
        most = self._limits.screenings_minute
        self._count("screening", most, RateLimitItemPerMinute, _HERE, self.address())

    def draft(self) -> None:
        """One more draft begun from the present address. Raises TooOften."""
        self._count("draft", self._limits.drafts_day, RateLimitItemPerDay, _HERE, self.address())

    def large_draft(self) -> None:
        """One more draft that has become a large one. Raises TooOften."""
        most = self._limits.large_drafts_day
        self._count("large-draft", most, RateLimitItemPerDay, _HERE, self.address())

    def draft_save(self) -> None:
        """One more time that a draft is saved from the present address. Raises TooOften."""
        most = self._limits.draft_saves_minute
        self._count("draft-save", most, RateLimitItemPerMinute, _HERE, self.address())

    def code(self) -> None:
        """One more one-time code asked for or tried from the present address. Raises TooOften."""
        most = self._limits.codes_minute
        self._count("code", most, RateLimitItemPerMinute, _HERE, self.address())

    def login(self) -> None:
        """One more login from the present address. Raises TooOften."""
        most = self._limits.logins_minute
        self._count("login", most, RateLimitItemPerMinute, _HERE, self.address())

    def document(self) -> None:
        """One more file from the present address. Raises TooOften."""
        most = self._limits.documents_day
        self._count("document", most, RateLimitItemPerDay, _HERE, self.address())

    def client(self, token: int | None, applications: int = 1) -> None:
        """More applications of a sending system. Raises TooOften.

        Drawn from Redis in parts: most calls cost an addition.
        """
        most = self._limits.client_minute
        if not most or token is None:
            return
        part = max(most // _BLOCKS, applications)
        with self._lock:
            left = self._drawn.get(token, 0)
            if left >= applications:
                self._drawn[token] = left - applications
                return
            self._drawn[token] = left + part - applications
        try:
            self._count("client", most, RateLimitItemPerMinute, "本申报渠道", str(token), cost=part)
        except TooOften:
            with self._lock:
                self._drawn[token] = 0
            raise

    def drawn(self, token: int | None, applications: int) -> None:
        """Applications of a sending system that are stored already; later ones may be refused."""
        with suppress(TooOften):
            self.client(token, applications)

    def guard(self) -> None:
        """Raises TooOften where this address has failed too often; costs a look into memory."""
        if self._blocked:
            until = self._blocked.get(self.address(), 0.0)
            if (left := until - time.monotonic()) > 0:
                metrics.limited("failure")
                raise TooOften(_FAILED, int(left) + 1)

    def failed(self) -> None:
        """One more wrong access code or token from the present address."""
        most = self._limits.failures_minute
        address = self.address()
        try:
            self._count("failure", most, RateLimitItemPerMinute, _FAILED, address)
        except TooOften as refused:
            with self._lock:
                if len(self._blocked) >= _MOST_BLOCKED:
                    self._blocked.clear()
                self._blocked[address] = time.monotonic() + refused.retry_after

    def address(self) -> str:
        """Who calls, for counting: as `caller`; of IPv6 the network of 64 bits."""
        seen = self.caller()
        return ip_address(seen).exploded[:19] if ":" in seen else seen

    def caller(self) -> str:
        """The address of who calls, as the farthest proxy of ours has seen it; "" if none."""
        seen = request.remote_addr or ""
        forwarded = request.headers.get("X-Forwarded-For", "")
        for hop in reversed(forwarded.split(",") if forwarded else []):
            if not self._is_ours(seen):
                break
            seen = hop.strip()
        try:
            found = ip_address(seen)
        except ValueError:
            return ""
        return str(getattr(found, "ipv4_mapped", None) or found)

    def _is_ours(self, seen: str) -> bool:
        if not self._limits.proxies:
            return False
        try:
            found = ip_address(seen)
        except ValueError:
            return False
        return any(found in network for network in self._limits.proxies)

    def _count(
        self,
        kind: str,
        most: int,
        window: Callable[[int], RateLimitItem],
        who: str,
        value: str,
        cost: int = 1,
    ) -> None:
        if not most:
            return
        item = window(most)
        # Nothing can be read from it, and nothing found by trying telephones.
        name = keyed(self._secret, b"limit", kind.encode(), value.encode()).hex()[:32]
        if time.monotonic() >= self._away_until:
            try:
                self._refuse_above(self._shared, item, who, (kind, name), cost)
            except TooOften:
                raise
            except Exception as error:  # noqa: BLE001 -- whatever Redis has, intake goes on
                self._away_until = time.monotonic() + _AWAY_SECONDS
                log.warning("limits.store_away", error=type(error).__name__)
            else:
                return
        # A day's windows of a crowd of addresses would fill the process: begun anew before that.
        if len(self._memory.storage) >= _MOST_COUNTED:
            self._memory.reset()
        self._refuse_above(self._own, item, who, (kind, name), cost)

    @staticmethod
    def _refuse_above(
        counts: FixedWindowRateLimiter,
        item: RateLimitItem,
        who: str,
        name: tuple[str, str],
        cost: int,
    ) -> None:
        if not counts.hit(item, *name, cost=cost):
            metrics.limited(name[0])
            reset = counts.get_window_stats(item, *name).reset_time
            raise TooOften(who, max(1, int(reset - time.time()) + 1))


_HERE: Final = "本网络地址的"
_FAILED: Final = "本网络地址输错查询码或令牌的"


def _number(phone: str | None) -> str | None:
    """A telephone however it is written, and whatever its extension."""
    read = read_telephone(phone) if phone else None
    return read.number if read else phone
