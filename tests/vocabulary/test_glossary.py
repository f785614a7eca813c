"""The glossary says what the vocabulary says, and what it rejects is said nowhere."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from vocabulary.base import Vocabulary
from vocabulary.cases import Act, State
from vocabulary.deliveries import Channel, RecipientKind
from vocabulary.identity import IdentityLevel
from vocabulary.outcomes import Outcome, Standing, Truth
from vocabulary.people import Role
from vocabulary.promises import Kind, Level
from vocabulary.requests import RequestState
from vocabulary.visits import VisitResult, VisitState

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"

LISTED: dict[str, type[Vocabulary]] = {
    "state of an application": State,
    "outcome": Outcome,
    "answer of a condition": Truth,
    "standing of a line of arithmetic": Standing,
    "state of a visit": VisitState,
    "result of a visit": VisitResult,
    "state of a request": RequestState,
    "channel": Channel,
    "role": Role,
    "identity level": IdentityLevel,
}
USED: dict[str, tuple[Vocabulary, ...]] = {
    "applicant": (RecipientKind.APPLICANT,),
    "bureau": (RecipientKind.BUREAU,),
    "assessment": (Act.ASSESS, State.RECEIVED, State.DECIDED, State.SUPPLEMENTED),
    "determination": (Act.DETERMINE, State.DETERMINED, Outcome.NEEDS_DETERMINATION, Kind.DETERMINE),
    "official finding": (Act.RECORD_FINDING,),
    "supplement": (Act.REQUEST_SUPPLEMENT, Act.ANSWER_SUPPLEMENT, Outcome.INCOMPLETE),
    "referral": (State.REFERRED, Outcome.REFERRED),
    "acknowledgement": (Act.ACKNOWLEDGE, Kind.ACKNOWLEDGE),
    "approval": (State.AWAITING_APPROVAL, Act.APPROVE_DETERMINATION, Act.REJECT_DETERMINATION),
    "transfer": (Act.TRANSFER,),
    "withdrawal": (Act.WITHDRAW, State.WITHDRAWN),
    "review": (Act.REQUEST_REVIEW, Act.UPHOLD, Act.REOPEN, State.UNDER_REVIEW, Kind.REVIEW),
    "visit": (Kind.VISIT, VisitResult.MET, VisitResult.REFUSED),
    "request": (Kind.REQUEST,),
    "call-back": (Kind.CALLBACK,),
    "inbox": (Channel.INBOX,),
    "escalation": (Level.ESCALATED,),
}
"""Word of the glossary -> members whose labels are made with its Chinese term."""

READ = "*.md samples docs vocabulary rules schemas config store casework api workers cli deploy"
"""Where what people read is written."""
EXEMPT = ("config/notices/", "docs/measures.md", "docs/glossary.md")


def table(heading: str) -> dict[str, tuple[str, str]]:
    """One table of the glossary: first cell -> the other two."""
    part = next(
        part for part in GLOSSARY.read_text(encoding="utf-8").split("\n## ") if heading in part
    )
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", part, re.MULTILINE)
    return {first: (second, third) for first, second, third in rows[1:]}


@cache
def sources() -> dict[str, str]:
    """Every text that people may get to read, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *READ.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = [path for path in listed.split("\0") if path and not path.startswith(EXEMPT)]
    texts = [path for path in paths if (ROOT / path).is_file() and not path.endswith(".png")]
    return {path: (ROOT / path).read_text("utf-8") for path in texts}


@pytest.mark.parametrize("word", LISTED)
def test_a_closed_word_is_listed_with_its_labels(word: str) -> None:
    listed = "; ".join(f"`{member}` {member.label}" for member in LISTED[word])
    assert table("Closed words")[word][1] == listed


@pytest.mark.parametrize("word", USED)
def test_labels_are_made_with_the_glossarys_terms(word: str) -> None:
    terms = table("# Glossary")[word][0].split("、")
    for member in USED[word]:
        assert any(term in member.label for term in terms), f"{member!r}: {member.label}"


def test_what_is_chosen_is_no_rejected_word_elsewhere() -> None:
    rejected = {word for words in table("Rejected words") for word in words.split("、")}
    assert len(rejected) > 5
    for term, _ in (*table("# Glossary").values(), *table("Rejected words").values()):
        assert not rejected & set(term.split("、"))


@pytest.mark.parametrize("words", table("Rejected words"))
def test_a_rejected_word_is_said_nowhere(words: str) -> None:
    chosen, _ = table("Rejected words")[words]
    found = [
        f"{path}: {word}"
        for path, text in sources().items()
        for word in words.split("、")
        if word in text.replace(chosen, "")
    ]
    assert not found
