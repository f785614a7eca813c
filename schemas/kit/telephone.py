"""Telephone numbers as people write them, and the one canonical form of each.

phonenumbers knows the world's numbers; what Chinese writing adds is read here: 转 and 分机, dashes
of every kind, a number without its area code, service numbers (400, 800, 95), +852 without the
plus. A number is shown as it was written; the canonical form is what is compared and dialled.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

from vocabulary.writing import tidy

HOME_AREA: Final = "10"
"""The area code of a landline that is written without one, as the notice prints them."""
LONGEST: Final = 48

_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LOCAL: Final = re.compile(r"[2-8]\d{7}", re.ASCII)
# Area code and number; phonenumbers lacks some exchanges that exist.
_LANDLINE: Final = re.compile(r"(?:10|2\d)[2-9]\d{7}|[3-9]\d{2}[2-9]\d{6,7}", re.ASCII)
_SERVICE: Final = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1010\d{4}", re.ASCII)
_LABEL: Final = re.compile(
    r"(?:(?:办公|联系|固定|移动)?(?:电话|手机|座机|固话)(?:号码?)?|tel(?:ephone)?|phone|mob(?:ile)?)\.?[:\s]*",
    re.IGNORECASE,
)
_EXTENSION: Final = re.compile(
    r"(?P<number>.*?[\d)])[-\s]*(?:[(\[]\s*)?"
    r"(?:[,;]?\s*(?:转接?(?:分机)?号?|轉接?|分机号?码?|分機號?碼?|内线|ext(?:ension|n)?\.?|x|#|\*)|[,;])"
    r"[-:.=\s]*(?P<extension>\d{1,6})\s*(?:分机|号|室)?\s*#?\s*(?:[)\]])?",
    re.IGNORECASE | re.ASCII,
)
_IN_BRACKETS: Final = re.compile(
    r"(?P<number>.*\d)\s*\(\s*(?P<extension>\d{1,6})\s*(?:分机)?\s*\)", re.ASCII
)
# After a number that is not itself divided; else 2345-6789 would have an extension.
_TRAILING: Final = re.compile(r"(?P<number>(?:.*\D)?\d{5,})[-\s]+(?P<extension>\d{1,6})", re.ASCII)
_TRAILING_ANY: Final = re.compile(r"(?P<number>.*\d)[-\s]+(?P<extension>\d{1,6})", re.ASCII)
_SIGNS: Final = re.compile(r"[+\d][\d\s().-]*\d", re.ASCII)
_OTHER_CHINA: Final = ("852", "853", "886")
_DOTS: Final = frozenset("·•・。")


@dataclass(frozen=True, slots=True)
class Telephone:
    """`number`: E.164, as "+8613800000000"; `extension`: its digits, or none."""

    number: str
    extension: str | None = None
    is_mobile: bool = False

    @property
    def canonical(self) -> str:
        """One form per number (RFC 3966 without its scheme)."""
        return self.number if self.extension is None else f"{self.number};ext={self.extension}"

    @property
    def text_address(self) -> str | None:
        """Where a short message goes: of a mobile of the mainland its eleven digits, of another
        its number with the country's; None for what takes none."""
        if not self.is_mobile:
            return None
        return self.number.removeprefix("+86")


@lru_cache(maxsize=1024)
def read_telephone(written: str) -> Telephone | None:
    """The number that a person has written; None for what is none, or more than one."""
    if _MOBILE.fullmatch(written):
        return Telephone("+86" + written, is_mobile=True)
    if len(written) > LONGEST:
        return None
    text = _LABEL.sub("", _plain(written), count=1).strip()
    for form in (_EXTENSION, _IN_BRACKETS, _TRAILING, None, _TRAILING_ANY):
        if form is None:
            if whole := _number(text):
                return whole
        elif (found := form.fullmatch(text)) and (number := _number(found["number"])):
            return Telephone(number.number, found["extension"], number.is_mobile)
    return None


def takes_text(written: str) -> bool:
    """Whether a number as written takes short messages."""
    read = read_telephone(written)
    return read is not None and read.is_mobile


def _plain(written: str) -> str:
    """Half-width, with one kind of dash, blank and dot."""
    signs = normalize("NFKC", tidy(written))
    return "".join(
        "-"
        if category(sign) == "Pd" or sign in "~\u2212\u30fc\u2500"
        else "."
        if sign in _DOTS
        else sign
        for sign in signs
    )


def _number(text: str) -> Telephone | None:
    """A number without an extension."""
    text = text.strip().replace("(+", "+").replace("(00", "00(").strip()
    if not _SIGNS.fullmatch(text) and not (text.startswith("(") and _SIGNS.fullmatch(text[1:])):
        return None
    digits = "".join(filter(str.isdigit, text))
    if text.startswith("+"):
        return _with_country(digits)
    if digits.startswith("00"):
        return _with_country(digits[2:])
    if home := _home(digits):
        return home
    if digits.startswith("86") and (home := _home(digits[2:])):
        return home
    return _with_country(digits) if digits.startswith(_OTHER_CHINA) else None


def _with_country(digits: str) -> Telephone | None:
    if digits.startswith("86"):
        return _home(digits[2:])
    import phonenumbers  # the world's numbers: large, and few write one
    from phonenumbers import NumberParseException, PhoneNumberType

    try:
        parsed = phonenumbers.parse("+" + digits)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    kind = phonenumbers.number_type(parsed)
    return Telephone(
        phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        is_mobile=kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE),
    )


def _home(digits: str) -> Telephone | None:
    """A number of the mainland, by its digits without the country's."""
    if digits.startswith("01") and _MOBILE.fullmatch(digits[1:]):
        digits = digits[1:]  # a mobile dialled from another city
    if _MOBILE.fullmatch(digits):
        return Telephone("+86" + digits, is_mobile=True)
    if _SERVICE.fullmatch(digits):
        return Telephone("+86" + digits)
    if _LOCAL.fullmatch(digits):
        return Telephone("+86" + HOME_AREA + digits)
    national = digits.removeprefix("0")
    has_area = digits.startswith("0") or national.startswith(HOME_AREA)
    if has_area and _LANDLINE.fullmatch(national):
        return Telephone("+86" + national)
    return None
