"""(一) first paragraph: tenants."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.describe import about
from schemas.forms.parts import MAX_ITEMS, Declarations, Lease, Operated, Staffing


class TenantForm(Declarations, Operated, Staffing):
    """What a tenant is asked."""

    leases = fields.List(
        fields.Nested(Lease),
        validate=validate.Length(0, MAX_ITEMS),
        **about("承租的房产", "每份租赁合同一项"),
    )
