"""Screening: one enterprise, a verdict per provision, nothing stored."""

from __future__ import annotations

from api.auth import limited, public
from api.blueprints import Resource
from api.limits import Limiter
from api.openapi import described
from api.services import services
from casework.intake import screening
from schemas.kit.answers import schema_of
from schemas.screenings import ScreeningAnswer, ScreeningSchema, load_screening

blueprint = Resource("screenings", __name__, url_prefix="/api/v1", description="初步筛查")


@blueprint.route("/screenings", methods=["POST"])
@blueprint.response(200, schema_of(ScreeningAnswer), description="各条款的初步结果")
@described(
    "初步筛查",
    "按企业情况和已知事项逐条预估：能否享受、金额、还缺什么、须由谁认定、改变什么即可符合。"
    "不是申报，也不是决定；不保存任何内容。",
    refusals=(400, 413, 415, 422, 429),
)
@public
@limited(Limiter.screening)
@blueprint.arguments(ScreeningSchema())
def run(asked: object) -> tuple[ScreeningAnswer, int, dict[str, str]]:
    made = services()
    result = screening.run(made.settings, load_screening(asked, made.forms_of))
    return result, 200, {"Cache-Control": "no-store"}
