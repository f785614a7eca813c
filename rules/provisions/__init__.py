"""Every provision of the notice, one file each, in the notice's order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rules.provision import Provision
from rules.provisions import (
    m01_landlord,
    m01_other,
    m01_tenant,
    m02_carrier,
    m03_school,
    m04_chain_shop,
    m05_finance,
    m06_fee_halving,
    m06_guarantee,
    m07_procurement,
    m08_vouchers,
    m09_culture,
    m10_hightech,
    m10_investment_risk,
    m10_research,
    m11_fintech,
    m12_reopening,
    m13_training,
    m14_special_difficulty,
)

_ALL = (
    m01_tenant.PROVISION,
    m01_other.PROVISION,
    m01_landlord.PROVISION,
    m02_carrier.PROVISION,
    m03_school.PROVISION,
    m04_chain_shop.PROVISION,
    m05_finance.PROVISION,
    m06_fee_halving.PROVISION,
    m06_guarantee.PROVISION,
    m07_procurement.PROVISION,
    m08_vouchers.PROVISION,
    m09_culture.PROVISION,
    m10_hightech.PROVISION,
    m10_investment_risk.PROVISION,
    m10_research.PROVISION,
    m11_fintech.PROVISION,
    m12_reopening.PROVISION,
    m13_training.PROVISION,
    m14_special_difficulty.PROVISION,
)

PROVISIONS: Mapping[str, Provision] = MappingProxyType({p.code: p for p in _ALL})
