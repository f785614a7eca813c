"""What the first two characters of a unified social credit code say (GB 32100-2015)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vocabulary.forms import EnterpriseKind, TenantKind

FIRM: Final = "9"
"""The first character of whoever the market regulation registers."""

REGISTERED: Final[Mapping[str, str]] = {
    "11": "机关",
    "12": "事业单位",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
}
"""As what a code with these first characters is registered."""

_OTHERWISE: Final = "其他机构"
_FIRMS: Final = ("91", "93")
_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    EnterpriseKind.ENTERPRISE: _FIRMS,
    EnterpriseKind.BRANCH: ("91",),
    EnterpriseKind.INDIVIDUAL_BUSINESS: ("92",),
    EnterpriseKind.PRIVATE_NON_ENTERPRISE: ("52",),
    TenantKind.SCHOOL: ("52", *_FIRMS),
}
"""A kind of applicant, tenant or borrower -> how its code begins. Other kinds have none, or any."""


def registered_as(code: str) -> str:
    """What a code says its holder is."""
    return REGISTERED.get(code[:2], _OTHERWISE)


def contradicts(code: str | None, kind: str | None) -> bool:
    """Whether a code is of another kind of holder than the one stated."""
    return bool(code and kind) and not str(code).startswith(_CODES.get(str(kind), ""))
