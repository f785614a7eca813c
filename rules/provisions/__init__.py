"""Every provision of the notice, one file each, in the notice's order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rules.provision import Provision
from rules.provisions import (
    m01_tenant,
    m06_fee_halving,
    m06_guarantee,
    m13_training,
    m14_special_difficulty,
)

_ALL = (
    m01_tenant.PROVISION,
    m06_fee_halving.PROVISION,
    m06_guarantee.PROVISION,
    m13_training.PROVISION,
    m14_special_difficulty.PROVISION,
)

PROVISIONS: Mapping[str, Provision] = MappingProxyType({p.code: p for p in _ALL})
