"""Its forms: two of the packaged ones, one of its own."""

from __future__ import annotations

from marshmallow import fields

from schemas.forms import FORMS as PACKAGED
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Month, Whole


class Stall(StrictSchema):
    """The stalls of one month."""

    month = Month(**about("月份", needed=True, example="2021-01"))
    count = Whole(low=1, high=50, **about("摊位数", needed=True, example=2))


class StallsForm(StrictSchema):
    """What a stall keeper is asked."""

    stalls = BoundedList(fields.Nested(Stall), least=0, most=12, **about("摊位", needed=True))


FORMS = {
    "m01_tenant": PACKAGED["m01_tenant"],
    "s02_stalls": StallsForm(),
    "s03_loans": PACKAGED["m05_finance"],
}
