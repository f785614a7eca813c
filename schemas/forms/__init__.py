"""One form per provision, built once: building a schema costs far more than using it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marshmallow import Schema

from schemas.forms.m01_landlord import LandlordForm
from schemas.forms.m01_other import OtherTenantForm
from schemas.forms.m01_tenant import TenantForm
from schemas.forms.m02_carrier import CarrierForm
from schemas.forms.m03_school import SchoolForm
from schemas.forms.m04_chain_shop import ChainShopForm
from schemas.forms.m06_guarantee import FeeHalvingForm, GuaranteeForm
from schemas.forms.m13_training import TrainingForm
from schemas.forms.m14_special_difficulty import SpecialDifficultyForm
from schemas.forms.services import (
    CultureForm,
    FinanceForm,
    FintechForm,
    HighTechForm,
    InvestmentRiskForm,
    ProcurementForm,
    ReopeningForm,
    ResearchForm,
    VoucherForm,
)

FORMS: Mapping[str, Schema] = MappingProxyType(
    {
        "m01_tenant": TenantForm(),
        "m01_other": OtherTenantForm(),
        "m01_landlord": LandlordForm(),
        "m02_carrier": CarrierForm(),
        "m03_school": SchoolForm(),
        "m04_chain_shop": ChainShopForm(),
        "m05_finance": FinanceForm(),
        "m06_fee_halving": FeeHalvingForm(),
        "m06_guarantee": GuaranteeForm(),
        "m07_procurement": ProcurementForm(),
        "m08_vouchers": VoucherForm(),
        "m09_culture": CultureForm(),
        "m10_hightech": HighTechForm(),
        "m10_investment_risk": InvestmentRiskForm(),
        "m10_research": ResearchForm(),
        "m11_fintech": FintechForm(),
        "m12_reopening": ReopeningForm(),
        "m13_training": TrainingForm(),
        "m14_special_difficulty": SpecialDifficultyForm(),
    }
)
"""Provision code -> form of its ``facts``."""
