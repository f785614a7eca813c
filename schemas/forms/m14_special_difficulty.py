"""(十四): other special difficulties."""

from __future__ import annotations

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Choice, Text, YesNo
from vocabulary.forms import Field, Measure


class SpecialDifficultyForm(StrictSchema):
    """What is asked of an enterprise in special difficulty."""

    field = Choice(Field, **about("困难所属方面", "通知写明的四个方面之一", needed=True))
    difficulty = Text(
        max_length=4000,
        lines=True,
        **about("困难情况", "写明遇到的具体困难、起因和影响", needed=True),
    )
    request = Text(max_length=2000, lines=True, **about("希望协调解决的事项"))
    during_epidemic = YesNo(**about("是否在疫情期间遇到"))
    covered_by = Choice(
        Measure,
        **about(
            "是否已由其他措施规定",
            "困难已在(一)至(十三)之内的，选该措施；不在其内的不填",
            in_example=False,
        ),
    )
