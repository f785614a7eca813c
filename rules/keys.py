"""One-benefit keys (Q34): the same yuan is never counted twice.

(一) first paragraph and (三) share ``rent:`` per tenant, lease and month; (一) second paragraph and
(二) share ``cut:`` per landlord, tenant, lease and month; (四) has ``shop:`` per branch, lease and
month, and guards itself with the branch's ``rent:`` key so that waived rent is not subsidised too;
it also looks for a waiver under the ``rent:`` key of the enterprise that the branch belongs to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from rules.model import Case


def identity(enterprise: Mapping[str, Any]) -> str:
    """The applicant's 统一社会信用代码, or its name where it has none."""
    return str(enterprise.get("uscc") or plain(str(enterprise.get("name", ""))))


def lease_id(item: Mapping[str, Any]) -> str:
    """A lease number as typed by different hands: width, case, spaces and dashes folded."""
    return plain(str(item.get("lease_no") or item.get("address") or ""))


def rent_key(enterprise: Mapping[str, Any], lease: Mapping[str, Any]) -> str:
    """Prefix of a tenant's lease; the month is appended."""
    return f"rent:{identity(enterprise)}:{lease_id(lease)}"


def shop_key(branch: Mapping[str, Any], lease: Mapping[str, Any]) -> str:
    """Prefix of a branch's shop under (四); the month is appended."""
    return f"shop:{identity(branch)}:{lease_id(lease)}"


def cut_key(landlord: Mapping[str, Any], tenant: Mapping[str, Any]) -> str:
    """Prefix of a landlord's cut for one tenant's lease; the month is appended."""
    who = tenant.get("tenant_uscc") or plain(str(tenant.get("tenant_name", "")))
    return f"cut:{identity(landlord)}:{who}:{lease_id(tenant)}"


def guarantee_account(case: Case) -> str:
    """Whose running total (六) caps: the legal person, so a branch's head office (Q27)."""
    return f"guarantee:{case.facts.get('head_office_uscc') or identity(case.enterprise)}"


def guarantee_key(case: Case, guarantee: Mapping[str, Any]) -> str:
    """Institution and guarantee contract."""
    return f"{guarantee_account(case)}:{plain(str(guarantee.get('contract_no', '')))}"


def training_key(enterprise: Mapping[str, Any], trainee: Mapping[str, Any]) -> str:
    """Enterprise and person."""
    return f"training:{identity(enterprise)}:{plain(str(trainee.get('trainee_no', '')))}"


def is_same_party(
    one: Mapping[str, Any], two: Mapping[str, Any], role: str, *, unknown: bool = False
) -> bool:
    """Whether two items name the same owner or tenant: by code, else by name.

    Takes how the facts are called ("owner": `owner_uscc`, `owner_name`); what to answer where
    neither names anybody.
    """
    for name, told in ((f"{role}_uscc", str), (f"{role}_name", plain)):
        first, second = one.get(name), two.get(name)
        if first and second:
            return told(first) == told(second)
    named = any(each.get(f"{role}_{name}") for each in (one, two) for name in ("uscc", "name"))
    return unknown and not named


def plain(text: str) -> str:
    """A text as typed by different hands: width, case, spaces and punctuation folded."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper()))
