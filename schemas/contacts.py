"""Contacts of bureaus on the wire."""

from __future__ import annotations

from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.describe import about


@answer
class _AsPrinted:
    bureau: Annotated[str, about("单位代码")]
    bureau_name: Annotated[str, about("单位")]
    section: Annotated[str, about("科室")]
    name: Annotated[str, about("联系人")]
    phone: Annotated[str, about("联系电话")]
    printed: Annotated[str, about("通知原样")]


@answer
class PrintedContact(_AsPrinted):
    """A contact entry of the notice."""

    id: Annotated[str, about("联系人代码")]


@answer
class Contact(_AsPrinted):
    """A bureau contact as printed in the notice, and why it was chosen."""

    reason: Annotated[str | None, about("选择理由")] = None

    @property
    def line(self) -> str:
        """Bureau, section and name in one line, without the telephone."""
        return f"{self.bureau_name}{self.section} {self.name}"
