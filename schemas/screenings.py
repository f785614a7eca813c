"""A screening: one enterprise profile, whatever facts are at hand, a verdict per provision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from marshmallow import ValidationError, fields

from schemas.application import read_notice, strange
from schemas.contacts import Contact
from schemas.enterprise import PROFILE, READ_PROFILE
from schemas.explained import Clause, Made, NotMet, OpenQuestion, Referral, ToBeFound, Waiting
from schemas.form_set import FormsOf
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.format_errors import InvalidRequest, field_error, flatten, pointer
from schemas.kit.problem import FieldError
from vocabulary.outcomes import Outcome

_PARTS = ("enterprise", "facts", "notice", "shared")


class FactsByProvisionSchema(StrictSchema):
    """A form per provision. Which there are, the notices say: `schemas.openapi` puts them in."""


class ScreeningSchema(StrictSchema):
    """What a screening is asked with: the enterprise; facts are optional throughout."""

    most_values = 3000
    """Unlike an application it is judged while its sender waits, by every provision."""

    notice = fields.String(**about("筛查所依据的通知", "通知代码；不填为本系统默认的通知"))
    enterprise = fields.Nested(
        PROFILE, required=True, **about("企业情况", "知道多少填多少，不必填名称和代码")
    )
    facts = fields.Nested(
        FactsByProvisionSchema, **about("各条款的事项", "按条款代码填写，均可不填")
    )
    shared = fields.Dict(
        keys=fields.String(),
        **about("共用的事项", "任一申报表中的事项，填写一次，用于所有含有该事项的条款"),
    )

    def load(self, data: Any, **_: Any) -> Any:
        """As it came: :func:`load_screening` reads it with the forms of the notice it names."""
        return data


@dataclass(frozen=True, slots=True)
class Screening:
    """A well-formed screening: normalised enterprise, and normalised facts by provision.

    `named`: the provisions that the body itself names, which not all of `facts` are. `notice`:
    the notice it names, if it does.
    """

    enterprise: dict[str, Any]
    facts: dict[str, dict[str, Any]]
    named: tuple[str, ...]
    notice: str | None = None


def load_screening(raw: object, forms_of: FormsOf) -> Screening:
    """Check and normalise a parsed request body.

    Takes any JSON value, numbers with a fraction as ``Decimal``; the forms by notice. A fact given
    under ``shared`` goes to every form that asks for it; one given for a provision wins there.
    Returns the :class:`Screening`. Raises :class:`InvalidRequest` listing every fault.
    """
    if not isinstance(raw, Mapping):
        raise InvalidRequest([field_error("", "invalid_object")])
    errors = strange(raw, _PARTS, "unknown_field")
    enterprise: dict[str, Any] = {}
    if "enterprise" not in raw:
        errors.append(field_error("/enterprise", "required"))
    else:
        try:
            enterprise = READ_PROFILE(raw["enterprise"])
        except ValidationError as refused:
            errors.extend(flatten(refused.messages, "/enterprise"))
    own, shared = (_object(raw, name, errors) for name in ("facts", "shared"))
    notice, known = read_notice(raw, forms_of, errors)
    if known is None:
        raise InvalidRequest(errors)
    forms = known.forms
    asked = {name for form in forms.values() for name in form.fields}
    errors += strange(shared, asked, "unknown_field", at="/shared")
    errors += strange(own, forms, "unknown_provision", at="/facts")
    facts: dict[str, dict[str, Any]] = {}
    for code, form in forms.items():
        mine = _object(own, code, errors, at="/facts")
        merged = {**{n: v for n, v in shared.items() if n in form.fields}, **mine}
        if not merged:
            continue
        try:
            facts[code] = known.readers[code](merged)
        except ValidationError as refused:
            errors.extend(_placed(refused, code, mine))
    if errors:
        raise InvalidRequest(list(dict.fromkeys(errors)))
    return Screening(enterprise, facts, tuple(own), notice)


def _object(
    raw: Mapping[str, Any], name: str, errors: list[FieldError], *, at: str = ""
) -> Mapping[str, Any]:
    value = raw.get(name, {})
    if isinstance(value, Mapping):
        return value
    errors.append(field_error(at + pointer(name), "invalid_object"))
    return {}


def _placed(refused: ValidationError, code: str, mine: Mapping[str, Any]) -> list[FieldError]:
    """The faults of one form, each where the value was given."""
    placed: list[FieldError] = []
    messages = refused.messages
    for name, branch in messages.items() if isinstance(messages, Mapping) else ():
        given_here = name in mine or name == "_schema"
        at = pointer("facts", code) if given_here else "/shared"
        placed.extend(flatten({name: branch}, at))
    return placed


@answer
class Missing:
    """One fact to bring."""

    pointer: Annotated[str, about("位置", "申报内容中的 JSON 指针")]
    label: Annotated[str, about("名称")]
    source: Annotated[str, about("材料来源", "表中未指明的为空")]


@answer
class Verdict:
    """What one provision would say."""

    provision: Annotated[str, about("条款代码")]
    title: Annotated[str, about("条款名称")]
    clause: Annotated[Made, Clause, about("条款原文", "where 出处，words 原文")]
    outcome: Annotated[str, about("初步结果", words=Outcome)]
    outcome_text: Annotated[str, about("初步结果（中文）")]
    amount: Annotated[str | None, about("暂估金额（元）", "没有金额的为空")]
    amount_note: Annotated[str | None, about("金额说明")]
    summary: Annotated[str, about("说明")]
    against: Annotated[list[Annotated[Made, NotMet]], about("不符合的条件", "每项有条款原文和理由")]
    missing: Annotated[list[Missing], about("缺少的事项和材料")]
    needs_finding: Annotated[list[Annotated[Made, ToBeFound]], about("须由有关部门认定的条件")]
    waiting: Annotated[list[Annotated[Made, Waiting]], about("等待办结的事项")]
    would_alter: Annotated[list[str], about("单独改变即可不被拒绝的条件", "由规则计算得出")]
    referrals: Annotated[list[Annotated[Made, Referral]], about("转介")]
    questions: Annotated[list[Annotated[Made, OpenQuestion]], about("涉及的疑义")]
    contact: Annotated[Contact, about("联系单位和联系人")]
    copies: Annotated[list[Contact], about("抄送")]


@answer
class ScreeningAnswer:
    """A verdict for every provision of the notice."""

    notice: Annotated[str, about("通知编号")]
    day: Annotated[date, about("按哪一天计算")]
    rules_version: Annotated[str, about("规则版本")]
    parameters_hash: Annotated[str, about("通知数据的校验值")]
    note: Annotated[str, about("说明")]
    verdicts: Annotated[list[Verdict], about("各条款的结果")]
