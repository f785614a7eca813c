"""Slips in mail addresses that can be read and lead nowhere: what was probably meant.

A question to whoever typed it, never a refusal: any domain may exist.
"""

from __future__ import annotations

from typing import Final

_KNOWN: Final = frozenset(
    {
        *("qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "yeah.net"),
        *("139.com", "189.cn", "wo.cn", "21cn.com", "sina.com", "sina.cn", "vip.sina.com"),
        *("sohu.com", "aliyun.com", "hotmail.com", "outlook.com", "gmail.com", "icloud.com"),
    }
)
"""Where most people have their mail."""
_OTHERS: Final = frozenset({"188.com", "263.net", "tom.com", "mail.com", "live.com", "me.com"})
"""Right as they stand, though near to one of those."""
_NO_TOPS: Final = dict.fromkeys(("con", "comm", "cmo", "ocm", "vom", "xom", "cpm"), "com")
"""Endings that do not exist."""


def meant(address: str) -> str:
    """The address that was probably meant; nothing where none is more likely than what stands."""
    name, _, domain = address.strip().rpartition("@")
    domain = domain.lower()
    if not name or domain in _KNOWN or domain in _OTHERS:
        return ""
    head, _, top = domain.rpartition(".")
    if head and top in _NO_TOPS:
        domain = f"{head}.{_NO_TOPS[top]}"
        return f"{name}@{_nearest(domain) or domain}"
    found = _nearest(domain)
    return f"{name}@{found}" if found else ""


def _nearest(domain: str) -> str:
    """The one known domain that is a single slip away; itself if it is known."""
    if domain in _KNOWN:
        return domain
    near = [each for each in sorted(_KNOWN) if _is_one_slip(domain, each)]
    return near[0] if len(near) == 1 else ""


def _is_one_slip(typed: str, known: str) -> bool:
    """One character too many, missing, another one, or two in the wrong order."""
    if len(typed) < len(known):
        return _is_one_slip(known, typed)
    place = next(
        (at for at, (one, other) in enumerate(zip(typed, known, strict=False)) if one != other),
        len(known),
    )
    rest, other = typed[place:], known[place:]
    if len(typed) == len(known):
        swapped = rest[1:2] + rest[:1] + rest[2:]
        return rest[1:] == other[1:] or swapped == other
    return len(typed) == len(known) + 1 and rest[1:] == other
