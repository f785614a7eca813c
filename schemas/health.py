"""How it is with the system, on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from schemas.kit.answers import answer
from schemas.kit.describe import about


@answer
class Alive:
    """The process runs."""

    status: Annotated[Literal["ok"], about("状态")]
    version: Annotated[str, about("程序版本")]
    revision: Annotated[str, about("程序修订号", "不可知时为 unknown")]


@answer
class Taking:
    """Whether applications are taken in, and nothing more: for everybody."""

    status: Annotated[Literal["ok", "down"], about("状态", "ok 可受理，down 不可受理")]


@answer
class Part:
    """One part Wenqi stands on."""

    ok: Annotated[bool, about("是否正常")]
    text: Annotated[str, about("说明")]


@answer
class PathPart(Part):
    """The way through ledger, relay, broker and workers."""

    age_seconds: Annotated[
        Mapping[str, float | None],
        about("走通时间", "队列 → 距最近一次走通的秒数；从未走通为 null"),
    ]


@answer
class Parts:
    """The parts by name."""

    database: Annotated[Part, about("数据库")]
    schema: Annotated[Part, about("数据库结构版本")]
    broker: Annotated[Part, about("消息代理")]
    path: Annotated[PathPart, about("后台处理通路")]


@answer
class Ready:
    """Whether applications can be accepted."""

    status: Annotated[
        Literal["ok", "degraded", "down"], about("状态", "ok、degraded 可受理，down 不可受理")
    ]
    parts: Annotated[Parts, about("各部分")]

    @property
    def accepting(self) -> bool:
        """Whether an application would be accepted now."""
        return self.status != "down"
