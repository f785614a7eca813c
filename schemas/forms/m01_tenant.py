"""(一) first paragraph: tenants."""

from __future__ import annotations

from marshmallow import fields

from schemas.forms.leases import StateLease
from schemas.forms.parts import MAX_ITEMS, Declarations, Operated, Payment, Staffing
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about


class TenantForm(Declarations, Operated, Staffing, Payment):
    """What a tenant of district state-owned premises is asked."""

    leases = BoundedList(
        fields.Nested(StateLease),
        least=0,
        most=MAX_ITEMS,
        **about("承租的房产", "每份租赁合同一项", needed=True),
    )
