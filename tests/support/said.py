"""What people write in tests: with what is personal in it."""

from __future__ import annotations

PERSON = ("测试周丁", "13900000042", "6222000000000000042")


def said(words: str) -> str:
    """What people write: with a person's name, telephone and account in it."""
    return f"{words}（{'，'.join(PERSON)}）"
