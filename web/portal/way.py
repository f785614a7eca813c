"""The way through a form: its steps, what to bring, and checking before it is submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.errors import AddressNotFound
from web.portal.own_drafts import Opened

MATERIALS: Final = "materials"
CHECK: Final = "check"


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the way; `number` from 1."""

    code: str
    title: str
    number: int
    address: str


@dataclass(frozen=True, slots=True)
class Way:
    """All pages, and the one that is shown."""

    stops: tuple[Stop, ...]
    here: Stop

    @property
    def heading(self) -> str:
        """第2步，共5步：承租的房产."""
        return f"第{self.here.number}步，共{len(self.stops)}步：{self.here.title}"

    @property
    def before(self) -> Stop | None:
        """The page before; None on the first."""
        return self.stops[self.here.number - 2] if self.here.number > 1 else None

    @property
    def after(self) -> Stop:
        """The page after; on the last, itself."""
        return self.stops[min(self.here.number, len(self.stops) - 1)]


def way(opened: Opened, code: str) -> Way:
    """The way of a draft, at one of its pages. Raises AddressNotFound."""
    pages = [(each.code, each.title) for each in opened.steps]
    pages += [(MATERIALS, "材料"), (CHECK, "核对提交")]
    at = f"/apply/{opened.draft.provision}"
    stops = tuple(
        Stop(page, title, number, f"{at}/{page}") for number, (page, title) in enumerate(pages, 1)
    )
    here = next((each for each in stops if each.code == code), None)
    if here is None:
        raise AddressNotFound("这张表没有这一步。填过的内容都在草稿里。")
    return Way(stops, here)
