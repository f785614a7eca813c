"""How an enterprise is spoken to, on its own pages and in its letters alike."""

from __future__ import annotations


def to_oneself(sentence: str) -> str:
    """What a notice's data say of an applicant, said to the applicant: 您.
    Officers, systems and the stored data keep 申请人."""
    return sentence.replace("申请人为", "您是").replace("申请人", "您")
