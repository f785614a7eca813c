"""What the lines of an assessment add up to, and what part of it is not counted and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rules.money import to_fen
from rules.notice import Notice
from vocabulary.outcomes import Outcome, Standing, Truth

_OPEN = (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION)
_TOTAL = "合计{amount}元。"
MOST_NAMED = 6
"""Most labels that a sentence of a summary lists."""


def total(document: Mapping[str, Any], notice: Notice) -> dict[str, str] | None:
    """The sum of the counted lines before any cap, rounded once; None where there is none.

    Returns ``amount``; ``lines``, what the lines as shown add up to; ``rounding``, the difference
    of the two; ``text``. ``lines`` + ``rounding`` = ``amount``.
    """
    if document["amount"] is None or not document["lines"]:
        return None
    counted = [
        Fraction(row["amount"]) for row in document["lines"] if row["standing"] == Standing.COUNTED
    ]
    amount = to_fen(sum(counted, start=Fraction(0)))
    lines = sum((to_fen(each) for each in counted), start=Decimal("0.00"))
    name = "total_rounded" if lines != amount else "total"
    figures = {"amount": amount, "lines": lines, "rounding": amount - lines}
    shown = {name: f"{figure:,.2f}" for name, figure in figures.items()}
    return {
        **{name: str(figure) for name, figure in figures.items()},
        "text": notice.lines.get(name, _TOTAL).format(**shown),
    }


def not_counted(
    document: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    findings: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """What an application asks for that is not counted though the rest goes on, by its reason.

    Takes the document, its lines and findings as explained. Returns per standing and reason the
    labels of the lines (or of an item that has none), what they come to, the reason.
    """
    if document["outcome"] not in _OPEN:
        return []
    several = len({row["item"] for row in lines if row["item"]}) > 1
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in lines:
        if row["standing"] != Standing.COUNTED:
            key = row["standing"], row.get("reason", "")
            group = groups.setdefault(key, _group(row["standing_text"], *key))
            group["labels"].append((_item(row["item"]) if several else "") + row["label"])
            group["amount"] = str(Decimal(group["amount"]) + Decimal(row["amount"]))
    with_lines = {row["item"] for row in lines}
    for found in findings:
        item = found["item"]
        if item and item not in with_lines and found["result"] == Truth.FALSE:
            key = Standing.EXCLUDED.value, found["explanation"]
            group = groups.setdefault(key, _group(Standing.EXCLUDED.label, *key))
            if _item(item) not in group["labels"]:
                group["labels"].append(_item(item))
    return list(groups.values())


def partly(
    groups: Sequence[Mapping[str, Any]], notice: Notice, waiting: Sequence[Mapping[str, Any]]
) -> str:
    """What was refused or is held back of an application that goes on, as sentences.

    Takes what :func:`not_counted` returns, and what ``guidance.waiting`` says of some of it itself.
    """
    said = {notice.lines.get(point["kind"]) for point in waiting}
    sentences = {
        Standing.EXCLUDED: notice.lines.get("partly", ""),
        Standing.HELD: notice.lines.get("partly_held", ""),
    }
    return "".join(
        sentences.get(group["standing"], "").format(
            labels=_named(group["labels"], notice),
            amount=f"{Decimal(group['amount']):,.2f}",
            reason=group["reason"],
        )
        for group in groups
        if group["standing"] == Standing.EXCLUDED or group["reason"] not in said
    )


def _named(labels: Sequence[str], notice: Notice) -> str:
    """Labels in a sentence; of many the first ones and their number, as all stand in the list."""
    many = notice.lines.get("labels_in_all") if len(labels) > MOST_NAMED else None
    if not many:
        return "、".join(labels)
    return many.format(labels="、".join(labels[:MOST_NAMED]), number=len(labels))


def _group(standing_text: str, standing: str, reason: str) -> dict[str, Any]:
    return {
        "labels": [],
        "amount": "0.00",
        "standing": standing,
        "standing_text": standing_text,
        "reason": reason,
    }


def _item(item: str) -> str:
    """``"leases/1"`` -> ``"第2项"``."""
    return f"第{int(item.rpartition('/')[2]) + 1}项" if item else ""
