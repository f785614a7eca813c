"""What each of several leases, tenants or shops is called, wherever something is said of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from web.parts.forms.shapes import Control, Field, Form, Group

_TELLING: Final = ("address", "shop_name", "tenant_name", "borrower_name")
"""Fields by which people know a thing; else the first text that was answered."""


def names(form: Form, facts: Mapping[str, Any]) -> dict[str, str]:
    """Item, as "leases/1" -> 承租的房产2（its address or name, as in the form)."""
    found = {}
    for step in form.steps:
        for part in step.parts:
            if not isinstance(part, Group) or part.most is None:
                continue
            for place, item in enumerate(facts.get(part.name) or ()):
                said = _telling(part, item)
                label = f"{part.label}{place + 1}"
                found[f"{part.name}/{place}"] = f"{label}（{said}）" if said else label
    return found


def _telling(group: Group, item: Mapping[str, Any]) -> str:
    texts = [
        each.name
        for each in group.parts
        if isinstance(each, Field) and each.control in (Control.TEXT, Control.CODE)
    ]
    answered = (item.get(name) for name in (*_TELLING, *texts))
    return str(next(filter(None, answered), ""))
