"""(十四): other special difficulties."""

from __future__ import annotations

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Choice, Text, YesNo
from vocabulary.base import Vocabulary
from vocabulary.forms import Field


class Measure(Vocabulary):
    """The measures before (十四), by what they are about."""

    M01 = "m01", "(一)房租减免"
    M02 = "m02", "(二)载体房租减免"
    M03 = "m03", "(三)民办幼儿园、民办教育培训机构房租减免"
    M04 = "m04", "(四)连锁直营门店房租补贴"
    M05 = "m05", "(五)融资对接"
    M06 = "m06", "(六)融资担保"
    M07 = "m07", "(七)采购和宣传推介"
    M08 = "m08", "(八)科技条件平台和创新券"
    M09 = "m09", "(九)消费券"
    M10 = "m10", "(十)园区高新技术企业"
    M11 = "m11", "(十一)金融科技"
    M12 = "m12", "(十二)复工复产"
    M13 = "m13", "(十三)稳岗培训和岗位补贴"


class SpecialDifficultyForm(StrictSchema):
    """What is asked of an enterprise in special difficulty."""

    field = Choice(Field, **about("困难所属方面", "通知写明的四个方面之一", needed=True))
    difficulty = Text(
        max_length=4000,
        lines=True,
        **about("困难情况", "写明遇到的具体困难、起因和影响", needed=True, personal=True),
    )
    request = Text(max_length=2000, lines=True, **about("希望协调解决的事项", personal=True))
    during_epidemic = YesNo(**about("是否在疫情期间遇到"))
    covered_by = Choice(
        Measure,
        **about(
            "是否已由其他措施规定",
            "困难已在(一)至(十三)之内的，选该措施；不在其内的不填",
            in_example=False,
        ),
    )
