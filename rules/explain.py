"""An assessment in Chinese, in the notice's own words, from its compact document.

Rendered when read, from the notice data the assessment was made with: the document keeps codes
and figures, the data keeps the words, and both are stored, so the words never change afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rules import deciders, guidance, totals
from rules.deciders import OnCase
from rules.money import to_fen
from rules.notice import Notice
from rules.size import describe
from vocabulary.base import Vocabulary
from vocabulary.days import in_words
from vocabulary.forms import District, Size
from vocabulary.outcomes import Outcome, Standing, Truth

_YUAN = re.compile(r"-?\d+\.\d\d", re.ASCII)
_DATED = ("_on", "_by", "_from", "_to", "months")
"""How the names of facts end that are days or months."""
Words = Mapping[str, type[Vocabulary]]
"""Name of a fact -> the words it is chosen from, as the forms have it."""

# What the rules compute themselves, under names that no form asks for.
_COMPUTED: Words = {
    "size": Size,
    "parent_registered_in": District,
    "parent_taxed_in": District,
}


def explain(
    document: Mapping[str, Any],
    notice: Notice,
    words: Words,
    *,
    determined: bool = False,
    officer: bool = False,
    bureaus: OnCase | None = None,
    settled: bool | None = None,
) -> dict[str, Any]:
    """Render a stored document.

    Takes ``Assessment.document()`` and the notice data it was made with (with the ``route`` beside,
    contacts are named); the words of the forms' facts; whether a person's determination is in
    force, without which nothing is granted; whether an officer reads it, who also sees earlier
    receipts and internal remarks; the bureaus of the case by now, if not its route's; whether
    nothing is to be found any more, if its outcome does not say. Returns
    JSON-ready Chinese explanation: summary, clause, findings with the clause's words, arithmetic,
    what waits, open questions, referrals, what to bring, what would alter a denial. Raises KeyError
    if the data is not the one the document was made with.
    """
    provision = notice.provisions[document["provision"]]
    outcome = Outcome(document["outcome"])
    settled = outcome.is_closed if settled is None else settled
    bureaus = bureaus or deciders.on_case(document, notice)
    words = {**words, **_COMPUTED}
    findings = [_finding(row, notice, words, bureaus, document) for row in document["findings"]]
    said = {(f["condition"], f["item"]): f for f in findings}
    lines = [_line(row, notice, said, officer=officer) for row in document["lines"]]
    needs_finding = [
        {name: f[name] for name in ("condition", "item", "words", "decider")}
        for f in findings
        if not settled and f["result"] == Truth.UNKNOWN and f["waits_for"] == "official"
    ]
    waiting = guidance.waiting(document, notice, officer=officer)
    not_counted = totals.not_counted(document, lines, findings)
    decided_by = deciders.of_provision(notice, document["provision"], bureaus).name(notice)
    explained: dict[str, Any] = {
        "outcome": outcome.value,
        "outcome_text": outcome.result(determined=determined),
        "amount": document["amount"],
        "decided_by": decided_by,
        "summary": guidance.summary(
            document,
            notice,
            waiting,
            [each["decider"] for each in needs_finding],
            decided_by=decided_by,
            determined=determined,
            partly=totals.partly(not_counted, notice, waiting),
        ),
        "clause": {"where": provision["where"], "words": provision["words"]},
        "findings": findings,
        "arithmetic": lines,
        "not_counted": not_counted,
        "questions": [
            _question(question, notice, officer=officer)
            for question in document.get("questions", ())
            # Who takes a case in hand is the bureaus' own question.
            if officer or question not in (notice.several_lead, notice.two_desks)
        ],
        "missing": list(document.get("missing", ())),
        "needs_finding": needs_finding,
        "waiting": waiting,
        "referrals": [_referral(key, notice) for key in document.get("referrals", ())],
        "would_alter": _hints(document, notice),
        "parameters": _parameters(document, notice),
    }
    if cap := document.get("cap"):
        explained["cap"] = {**cap, "text": _cap_sentence(cap, notice, determined=determined)}
    if total := totals.total(document, notice):
        explained["total"] = total
    if provision.get("amount_note"):
        explained["amount_note"] = provision["amount_note"]
    return explained


def say(value: Any, vocabulary: type[Vocabulary] | None = None) -> str:
    """One fact as an applicant reads it: labels for codes, 是/否, thousands for money."""
    if vocabulary is not None and isinstance(value, str) and value in list(vocabulary):
        return vocabulary(value).label
    if value in (None, ""):
        return "未填"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and _YUAN.fullmatch(value):
        return f"{Decimal(value):,.2f}"
    return str(value)


def _said(name: str, value: Any, words: Words) -> str:
    """One fact in a sentence: days and months as people write them."""
    said = say(value, words.get(name))
    return in_words(said) if name.endswith(_DATED) else said


def _finding(
    row: Mapping[str, Any],
    notice: Notice,
    words: Words,
    bureaus: OnCase,
    document: Mapping[str, Any],
) -> dict[str, Any]:
    condition = notice.conditions[row["code"]]
    facts = row.get("facts", {})
    truth = Truth(row["result"])
    decider = deciders.of_row(notice, row, bureaus).name(notice)
    sentence = condition.get("reasons", {}).get(row["reason"]) or notice.lines[row["reason"]]
    said = {name: _said(name, value, words) for name, value in facts.items()}
    said["decider"] = decider
    if "industry" in facts:
        said["sized"] = describe(facts, notice.sizes)
        # Sentences of earlier data show the whole row.
        said["row"] = notice.sizes[facts["industry"]].get("text", "")
    said["bureau"] = notice.name_of(row.get("found_by", ""))
    said["label"] = condition["label"]
    against = condition.get("if_failed")
    said["affirmed"] = _affirmed(condition, row)
    said["against"] = against or _refused(condition, row, facts)
    explanation = sentence.format(**said)
    if note := row.get("note"):
        explanation += notice.lines["found_note"].format(note=note.rstrip("。.；; \n"))
    result_text = condition.get("results", {}).get(row["reason"], truth.label)
    if truth is Truth.FALSE and against:
        result_text = against if against.startswith(result_text) else f"{result_text}（{against}）"
    explained: dict[str, Any] = {
        "condition": row["code"],
        "item": row.get("item"),
        "label": condition["label"],
        "words": _words(condition, facts),
        "where": condition["where"],
        "result": truth.value,
        "result_text": result_text,
        "explanation": explanation,
        "facts": facts,
        "decider": decider,
    }
    if truth is Truth.UNKNOWN:
        explained["waits_for"] = "applicant" if row.get("cause") == "missing" else "official"
        if row.get("missing"):
            explained["missing"] = row["missing"]
    if row.get("question") in document.get("questions", ()):
        explained["question"] = row["question"]
    return explained


def _affirmed(condition: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """What an official affirmed, as a statement: of the reason asked, else what the hint says."""
    stated: str | None = condition.get("found", {}).get(row.get("asked"))
    return stated or str(condition["if_met"]).removeprefix("若").removeprefix("经认定")


def _refused(condition: Mapping[str, Any], row: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    stated = condition.get("found", {}).get(row.get("asked"))
    if stated:
        return f"不能认定{stated}"
    if condition.get("source", "notice") == "notice":
        return f"不符合“{_words(condition, facts)}”"
    return f"不符合{condition['label']}这一条件"


def _hints(document: Mapping[str, Any], notice: Notice) -> list[str]:
    """What would lift a denial: of each condition the hint of the reason it was refused for."""
    hints = []
    for code in document.get("changes", ()):
        condition = notice.conditions[code]
        for row in document["findings"]:
            if row["code"] == code and row["result"] == Truth.FALSE:
                hint = condition.get("hints", {}).get(row["reason"], condition["if_met"])
                hints.append(guidance.would_alter(hint, notice))
    return list(dict.fromkeys(hints))


def _words(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """The clause's words; of a condition with several limbs, those of the limb that applies."""
    limbs: Mapping[str, str] = condition.get("limbs", {})
    return limbs.get(str(facts.get("use"))) or str(condition["words"])


def _question(question: str, notice: Notice, *, officer: bool) -> dict[str, str]:
    text = dict(notice.questions[question])
    internal = text.pop("internal", None)
    if officer and internal:
        text["internal"] = internal
    return {"id": question, **text}


def _line(
    row: Mapping[str, Any],
    notice: Notice,
    said: Mapping[tuple[str, str | None], Mapping[str, Any]],
    *,
    officer: bool,
) -> dict[str, Any]:
    standing = Standing(row["standing"])
    explained: dict[str, Any] = {
        "item": row["item"],
        "label": row["label"],
        "steps": row["steps"],
        "amount": str(to_fen(Fraction(row["amount"]))),
        "standing": standing.value,
        "standing_text": standing.label,
    }
    if row.get("reason"):
        explained["reason"] = notice.lines[row["reason"]]
    elif because := row.get("because"):
        explained["condition"] = because
        found = said.get((because, row["item"])) or said[because, None]
        explained["reason"] = found["explanation"]
        if standing is Standing.EXCLUDED and found["item"] is None:
            explained["reason"] = notice.lines["whole_denied"].format(
                label=found["label"], explanation=found["explanation"]
            )
    if row.get("question") in notice.questions:
        explained["question"] = row["question"]
    if row.get("earlier"):
        explained.setdefault("reason", notice.lines.get("taken", Standing.TAKEN.label))
        if officer:
            explained["earlier_receipt"] = row["earlier"]
    return explained


def _cap_sentence(cap: Mapping[str, str], notice: Notice, *, determined: bool) -> str:
    figures = {name: f"{Decimal(cap[name]):,.2f}" for name in ("computed", "limit", "granted")}
    if not determined and "cap_provisional" in notice.lines:
        return notice.lines["cap_provisional"].format(**figures)
    cut = Decimal(cap["granted"]) < Decimal(cap["computed"])
    return notice.lines["cap_reached" if cut else "cap_kept"].format(**figures)


def _referral(key: str, notice: Notice) -> dict[str, Any]:
    """Where else to turn, with the contacts as printed where there are any."""
    referral: dict[str, Any] = dict(notice.referrals[key])
    if contacts := referral.pop("contacts", ()):
        referral["contacts"] = [
            {
                name: each
                for name, each in notice.contact(contact).items()
                if name not in ("bureau", "printed")
            }
            for contact in contacts
        ]
    return referral


def _parameters(document: Mapping[str, Any], notice: Notice) -> list[dict[str, Any]]:
    wanted = set(document.get("parameters", ()))
    return [
        {name: entry[name] for name in ("key", "label", "value", "unit", "source", "cite")}
        for entry in notice.content["parameters"]
        if entry["key"] in wanted
    ]
