"""One normal form per kind of field: how what people type is kept, compared and found again.

What is kept looks as it was written (`tidy`); only what nobody can see or tell apart is mended.
What is compared is folded further: a contract number keeps its separators, because 1-23 is not
12-3 (`number_form`); a name is its letters and digits alone (`name_form`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from unicodedata import category, is_normalized, normalize

# Shown as nothing, wherever they stand: formats such as ZWSP, BOM, soft hyphen and the marks that
# turn the direction of writing; fillers that are letters by name only. Variation selectors are
# not among them: they tell the forms of rare characters apart.
_UNSEEN_RANGES: Final = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF9, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE007F),
)
_CLASS: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in _UNSEEN_RANGES)
_UNSEEN: Final = re.compile(f"[{_CLASS}]")
_BLANKS: Final = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BLANK_AT_LINE_END: Final = re.compile(r" *(?:\r\n|\r|\n)")
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

# What stands for the same sign though Unicode's own compatibility forms keep it apart.
_DASHES: Final = "\u02d7\u2043\u2212\u2500\u2501\u30a0\u30fc"
_SLASHES: Final = "\u2044\u2215\u29f8"
_DOTS: Final = "\u2022\u2027\u22c5\u30fb\u3002\uff65"
_SAME_SIGN: Final = {
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_SLASHES, "/"),
    **dict.fromkeys(_DOTS, "."),
    "\u00b7": ".",
    "\u3001": ",",
    "\u301c": "~",
    "\u29f9": "\\",
}
_BY_CATEGORY: Final = {
    "Pd": "-",
    "Ps": "(",
    "Pe": ")",
    "Pi": '"',
    "Pf": '"',
    **dict.fromkeys(("Mn", "Me", "Cf", "Zs", "Zl", "Zp", "Cc"), ""),
}


class _Signs(dict[int, str]):
    """Code point -> how it is compared in a number; each is looked up in Unicode once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        known = _SAME_SIGN.get(char)
        self[code] = found = _BY_CATEGORY.get(category(char), char) if known is None else known
        return found


_SIGNS: Final = _Signs()
_REPEATED: Final = re.compile(r"([-./,_])\1+")
_ENDS: Final = "-./,_:;"

_DOTLESS: Final = frozenset(("gmail.com", "googlemail.com"))

# "There is none", as people write it where a number is asked for.
_NONE: Final = re.compile(
    r"(?:本|此|该)?(?:租赁|担保)?(?:合同)?(?:暂时?|尚|目前)?(?:没有|未有|无|没|未)(?:书面)?(?:租赁|担保)?(?:合同)?"
    r"(?:的)?(?:编|序|填)?(?:号码?|写)?"
    r"|\W*|空白?|不详|不清楚|不知道?|0+|X+|N/?A|NONE|NULL|NIL|NO|N\.A"
)
_NONE_BEGINS: Final = frozenset("本此该租担合暂尚目没未无空不0XN") | {""}
NO_END: Final = re.compile(
    "长期(?:有效)?|永久|至今|不定期|[无没有]*固定期限|[无没有不]+(?:期限|限期)|[未没有]+约定|未定"
)
"""How people write that a contract has no last day."""


def half_width(text: str) -> str:
    """Full-width ASCII (as Chinese input methods type it) and the wide space, made half-width."""
    return text.translate(_FULL_WIDTH)


def tidy(text: str) -> str:
    """A line as it is kept: composed (NFC), without what is invisible, each blank one space.

    Whoever wrote it sees no difference. Rare characters, brackets and widths stay as they are.
    """
    seen = _UNSEEN.sub("", text)
    if seen.isalnum() and is_normalized("NFC", seen):
        return seen
    return _BLANKS.sub(" ", normalize("NFC", seen)).strip()


def tidy_lines(text: str) -> str:
    """A text of several lines as it is kept: as `tidy`, with its line breaks, blanks within."""
    seen = normalize("NFC", _UNSEEN.sub("", text))
    return _BLANK_AT_LINE_END.sub("\n", seen).strip()


@lru_cache(maxsize=512)
def name_form(text: str) -> str:
    """A name as it is compared and searched: letters and digits, of one width and one case."""
    if text.isalnum() and text.casefold() == text and is_normalized("NFKC", text):
        return _UNSEEN.sub("", text)  # most names are Chinese characters alone
    folded = normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return "".join(filter(str.isalnum, normalize("NFKC", folded)))


def mailbox_form(address: str) -> str:
    """The mailbox behind a mail address, for counting what it gets: in any case, without the "+…"
    that most servers pass over, and without dots where the server is known to."""
    name, at, host = address.casefold().rpartition("@")
    name = name.partition("+")[0] or name
    return f"{name.replace('.', '') if host in _DOTLESS else name}{at}{host}"


_NO_SEPARATORS: Final = str.maketrans("", "", "-./ ")


@lru_cache(maxsize=512)
def number_form(text: str) -> str:
    """A contract's or a person's number, or an address, as it is compared; "" where it says that
    there is none.

    Width, case, blanks, invisible characters and the kind of a dash, a bracket or a dot do not
    matter; where a separator stands does.
    """
    seen = text if text.isascii() else normalize("NFKC", _UNSEEN.sub("", text))
    signs = seen.upper().translate(_SIGNS)
    number = _REPEATED.sub(r"\1", signs).strip(_ENDS)
    if number.strip("()")[:1] in _NONE_BEGINS and _NONE.fullmatch(number.strip("()")):
        return ""
    return number


def code_form(text: str) -> str:
    """A credit code as it is read: a number without what stands between its signs."""
    return number_form(text).translate(_NO_SEPARATORS)
