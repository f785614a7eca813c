"""What every closed word is made of: the value that travels, and the label that people read."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Vocabulary(StrEnum):
    """A closed list of words. A member is its value in JSON and in the database; ``label`` is the
    plain Chinese that an applicant or officer reads."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
