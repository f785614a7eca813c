"""Receipt numbers (受理编号): WQ, day, number, check character.

The database makes them (`receipt_for`); here they are read.
"""

from __future__ import annotations

import re

from stdnum.iso7064 import mod_37_36

from vocabulary.writing import number_form

_SIGNS = re.compile(r"WQ(\d{6})(\d{7,})([0-9A-Z])", re.ASCII)
_FORM = re.compile(r"WQ(\d{6})-(\d{7,})-([0-9A-Z])", re.ASCII)


def normalise(typed: str) -> str:
    """A receipt number as typed by a person (any width and case, with other dashes,
    blanks or nothing in the place of the hyphens), in the form it
    was issued in."""
    if _FORM.fullmatch(typed):
        return typed
    number = number_form(typed)
    signs = _SIGNS.fullmatch(number.replace("-", ""))
    return "WQ{}-{}-{}".format(*signs.groups()) if signs else number


def parse(typed: str) -> str | None:
    """The number as it was issued; None for what cannot be one, by its form or by its ISO 7064
    MOD 37-36 check character."""
    number = normalise(typed)
    is_valid = _FORM.fullmatch(number) and mod_37_36.is_valid(number.replace("-", ""))
    return number if is_valid else None
