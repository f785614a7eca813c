"""(十三): training subsidy and temporary post subsidy.

The notice gives the conditions and no amount; the amounts are the city's dated rates, shown as
the city's: 500 yuan per 20 课时 up to 3,000 per person, and 1,540 per person in training.
Clause: (十三); rates: the notice's parameters whose source is the city.
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.conditions import doubts, training
from rules.keys import trainee_id, training_key
from rules.model import Line
from rules.money import Exact, show
from rules.provision import Condition, Finder, Kind, Provision, View

STEP_HOURS = "m13.step_hours"
STEP_AMOUNT = "m13.step_amount"
TRAINING_MAX = "m13.training_max"
POST = "m13.post"


def _yuan(amount: Exact) -> str:
    """A rate as it is spoken of: whole yuan without fen."""
    return f"{amount:,}元" if isinstance(amount, int) else f"{show(amount)}元"


def lines(view: View) -> Iterator[Line]:
    """Per person: whole steps of class hours × the step's amount up to the maximum; the post."""
    hours = view.item.get("class_hours")
    if hours is None or not trainee_id(view.item):
        return
    # By its place: the number is the person's, and the label is kept with the assessment.
    who = f"第{int((view.item_id or '/0').rpartition('/')[2]) + 1}名"
    steps = hours // view.number(STEP_HOURS)
    amount = min(steps * view.number(STEP_AMOUNT), view.number(TRAINING_MAX))
    item, key = view.item_id or "", training_key(view.enterprise, view.item)
    yield Line(
        item,
        f"{who} 稳岗培训补贴（市级标准）",
        f"每{view.number(STEP_HOURS)}课时{_yuan(view.number(STEP_AMOUNT))}，"
        f"{hours}课时计{steps}次，每人最高{_yuan(view.number(TRAINING_MAX))}：{show(amount)}",
        amount,
        key=key,
        reason=None if amount else "below_step",
    )
    post = view.number(POST)
    yield Line(item, f"{who} 临时性岗位补贴（市级标准）", show(post), post, key=key)


PROVISION = Provision(
    code="m13_training",
    kind=Kind.BENEFIT,
    conditions=(
        Condition("13.1", training.key_industry, Finder.OPEN),
        Condition("13.2", training.revenue_fell, Finder.OPEN),
        Condition("13.3", training.named_subject, Finder.OPEN),
        Condition("13.4", training.trained_as_required, Finder.SETTLES),
        Condition("13.insured", training.in_unemployment_insurance),
        Condition("13.deadline", training.city_deadline, Finder.REFUTES),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
        Condition("13.staff", doubts.trainees_within_staff, Finder.OPEN, doubt=True),
        Condition("13.window", doubts.training_in_window, Finder.OPEN, doubt=True),
    ),
    items="trainees",
    person="trainee_no",
    items_code="13.items",
    item_conditions=(
        Condition("13.person", training.person_named),
        Condition("13.took_part", training.took_part, Finder.OPEN),
    ),
    lines=lines,
    parameters=(
        "m13.drop",
        STEP_HOURS,
        STEP_AMOUNT,
        TRAINING_MAX,
        POST,
        "m13.training_from",
        "m13.training_to",
        "m13.apply_by",
        "m13.base_from",
    ),
)
