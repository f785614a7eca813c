"""What an assessment comes to and what happens next, in Chinese: summary, what waits, whom to ask.

Part of ``explain``: from the stored document and the notice data it was made with. Data of an
earlier version may lack a sentence that is newer; then the older wording stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rules.notice import Notice
from vocabulary.outcomes import Outcome, Standing
from vocabulary.parties import Side

_MAY_GIVE = (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION)
TAKEN, UNPAID = "taken", "unpaid"
_WHO = {UNPAID: Side.APPLICANT}
"""Kind of waiting point -> who acts first; a bureau otherwise."""


def waiting(document: Mapping[str, Any], notice: Notice, *, officer: bool) -> list[dict[str, Any]]:
    """What arithmetic waits for though no condition asks it: a repeat, rent not paid yet.

    Returns per kind the lines concerned, the reason, who acts, what to bring, what happens then;
    earlier receipts for officers only, as somebody else may have used a public code.
    """
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for row in document["lines"]:
        if row["standing"] == Standing.TAKEN:
            grouped.setdefault(TAKEN, []).append(row)
        elif row["standing"] == Standing.HELD and row.get("reason"):
            grouped.setdefault(row["reason"], []).append(row)
    points = []
    for kind, rows in grouped.items():
        if f"waits_{kind}" not in notice.lines:
            continue
        point: dict[str, Any] = {
            "kind": kind,
            "lines": [row["label"] for row in rows],
            "text": notice.lines[f"waits_{kind}"],
            "who": _WHO.get(kind, Side.BUREAU),
            "bring": notice.lines[f"bring_{kind}"],
            "next": notice.lines[f"next_{kind}"],
        }
        receipts = list(dict.fromkeys(row["earlier"] for row in rows if row.get("earlier")))
        if officer and receipts:
            point["earlier_receipts"] = receipts
            point["text"] += notice.lines["taken_by"].format(receipts="、".join(receipts))
        points.append(point)
    return points


def summary(
    document: Mapping[str, Any],
    notice: Notice,
    points: Sequence[Mapping[str, Any]],
    deciders: Sequence[str],
    *,
    decided_by: str,
    determined: bool,
    partly: str = "",
) -> str:
    """One sentence or two: the outcome, what is open, whom to turn to. `deciders`: who is to find
    the conditions that are left to an official; `decided_by`: who determines; `determined`: a
    determination is in force; `partly`: what was refused of it."""
    outcome = Outcome(document["outcome"])
    name = f"summary_{outcome.value}"
    contacts = ""
    if outcome is Outcome.NEEDS_DETERMINATION and not deciders and points:
        name = "summary_checked"
    elif outcome is Outcome.ELIGIBLE and determined:
        name = "summary_determined" if document["amount"] is not None else "summary_without_sum"
    elif outcome is Outcome.REFERRED and not document.get("referrals") and "route" in document:
        contacts = _contacts(document["route"], notice)
        name = "summary_contacts"
    elif "shut" in document:
        name = f"summary_{document['shut']}"
    template = notice.lines.get(name) or notice.lines[f"summary_{outcome.value}"]
    sentence = template.format(
        where=notice.provisions[document["provision"]]["where"],
        title=notice.provisions[document["provision"]]["title"],
        amount=_amount(document, notice),
        contacts=contacts,
        deciders="、".join(_each_once(deciders)),
        decided_by=decided_by,
        **_window(document["provision"], notice),
    )
    return sentence + partly + "".join(point["text"] for point in points)


def _each_once(names: Sequence[str]) -> list[str]:
    """Without a body that another name already gives in its brackets: 区商务局 beside
    牵头部门（区商务局）."""
    named = list(dict.fromkeys(names))
    return [name for name in named if not any(name in other for other in named if other != name)]


def _amount(document: Mapping[str, Any], notice: Notice) -> str:
    """The amount as it stands in a sentence; where it is 0.00, also why."""
    if document["amount"] is None:
        return "通知未规定金额"
    text = f"金额{Decimal(document['amount']):,.2f}元"
    why = _why_nothing(document, notice)
    return f"{text}（{why.rstrip('。').replace('。', '；')}）" if why else text


def _why_nothing(document: Mapping[str, Any], notice: Notice) -> str:
    """Why an amount is 0.00 though nothing is refused or held, as sentences; "" where it is not."""
    if Decimal(document["amount"]) or document["outcome"] not in _MAY_GIVE:
        return ""
    if any(row["standing"] in (Standing.HELD, Standing.TAKEN) for row in document["lines"]):
        return ""
    cap = document.get("cap")
    if cap and Decimal(cap["computed"]):
        return notice.lines.get("cap_used_up", "").format(limit=f"{Decimal(cap['limit']):,.2f}")
    counted = [row for row in document["lines"] if row["standing"] == Standing.COUNTED]
    if sum(Fraction(row["amount"]) for row in counted):
        return notice.lines.get("below_fen", "")
    said = dict.fromkeys(row["reason"] for row in counted if row.get("reason"))
    return "".join(notice.lines[reason] for reason in said)


def _window(provision: str, notice: Notice) -> dict[str, str]:
    """When applications are taken, and where the notice says so."""
    window = notice.window(provision) or {"cite": ""}
    opens, closes = _day(window.get("from")), _day(window.get("until"))
    days = (
        f"{opens}至{closes}" if opens and closes else f"自{opens}起" if opens else f"截至{closes}"
    )
    quoted = f"：“{window['words']}”" if window.get("words") else ""
    last = notice.content["notice"].get("in_force_until")
    return {"window": days, "source": window["cite"] + quoted, "last": _day(last)}


def _day(day: str | None) -> str:
    """``"2020-05-11"`` -> ``"2020年5月11日"``; nothing for None."""
    return "{}年{}月{}日".format(*map(int, day.split("-"))) if day else ""


def would_alter(if_met: str, notice: Notice) -> str:
    """What would lift a denial, as a whole sentence."""
    return notice.lines.get("would_alter", "{if_met}").format(if_met=if_met)


def _contacts(route: Mapping[str, Any], notice: Notice) -> str:
    """The lead and those copied, as one reads them out."""
    lead, *copies = (
        "{bureau_name}{section} {name}，电话{phone}".format(**notice.contact(each["contact"]))
        for each in (route["lead"], *route["copies"])
    )
    return lead + (f"；也可联系{'；'.join(copies)}" if copies else "")
