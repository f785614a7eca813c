"""(二): operators of parks, incubators and other 载体."""

from __future__ import annotations

from schemas.forms.reliefs import LandlordFacts
from schemas.kit.describe import about
from schemas.kit.fields import Choice, Text
from schemas.kit.names import Name
from vocabulary.forms import Carrier


class CarrierForm(LandlordFacts):
    """What the operator of a 载体 is asked: as a landlord, and what kind of place it runs."""

    carrier = Choice(Carrier, **about("载体类型", source="载体认定文件", needed=True))
    title = Name(
        max_length=120, **about("载体称号", "如国家级科技企业孵化器", source="载体认定文件")
    )
    title_issuer = Name(max_length=120, **about("授予称号的机关", source="载体认定文件"))
    owner_relation = Text(max_length=200, **about("与产权单位的关系", "自有、承租、受托运营等"))
