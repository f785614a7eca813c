"""Addresses of the web inside of texts: what a mail program or a chat makes a link of by itself."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

# As a Chinese keyboard types it, and letters in circles or in another face, which a browser reads
# as plain ones; each sign for one sign: places in a text stay what they are.
_FACES: Final = (*range(0x2100, 0x2190), *range(0x2460, 0x2500), *range(0x1D400, 0x1D800))
_FOLD: Final = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {
        code: ord(plain)
        for code in _FACES
        if len(plain := normalize("NFKC", chr(code))) == 1 and plain.isascii()
    }
    | dict.fromkeys(map(ord, "\u3002\uff61\u2024\u00b7\u30fb\u2027"), ord("."))
)
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f]")
# Endings that are in use. Two are the ends of company names too: Co.Ltd is none.
_ENDINGS: Final = (
    "cn|com|net|org|gov|edu|mil|info|biz|name|pro|top|xyz|vip|shop|club|site|online|icu|cc|tv|io|ai"
    "|app|dev|link|live|work|group|wang|ren|fun|store|tech|ink|pub|space|website|host|press|win|loan"
    "|bid|date|men|click|asia|mobi|cloud|page|life|world|today|news|games?|hk|tw|mo|sg|jp|kr|us|uk"
    "|de|fr|ru|eu|in|ly|gl|gg|to|im|la|so|ws|pw|tk|ml|ga|cf|gq|me|zip|mov|art|plus|red|video|bond"
    "|cam|monster|cyou|sbs|chat|email|law|one|xn--[a-z0-9-]{2,59}|co(?!\\.?[ ,]*ltd)"
    r"|(?<!(?<![a-z0-9.-])co\.)(?<!(?<![a-z0-9.-])p(?:te|ty|vt)\.)ltd"
)
_OCTET: Final = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_CLAUSE: Final = "(?<=第)[0-9.]{7,15}[条款项节章]"
_LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]{1,15}://"
    r"|(?<![a-z0-9])www\d{0,2}\.(?=\w)"
    rf"|(?:[\w-]{{1,63}}\.){{1,8}}(?:{_ENDINGS})(?![a-z0-9-])"
    r"|(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?=[/:])"
    rf"|(?<![0-9a-z.])(?!{_CLAUSE})(?:{_OCTET}\.){{3}}{_OCTET}(?![0-9.])"
    r"|(?<![a-z])(?:tel|sms|mailto|callto|javascript|data):(?=\S)",
    re.IGNORECASE,
)

# Behind a full stop these are the next sentence, so only a dot counts; behind a digit, an item.
_CHINESE_ENDING: Final = re.compile(r"(?<=[^\W\d])[.\uff0e](?=(?:中国|中國|网址|商城)(?!\w))")


def has_link(text: str) -> bool:
    """Whether a text holds an address of the web, in full, or as bare as `lq.cn`."""
    # No link is letters and digits alone, and most names are.
    if text.isalnum():
        return False
    seen = _SELECTORS.sub("", text)
    return bool(_LINK.search(seen.translate(_FOLD)) or _CHINESE_ENDING.search(seen))


def defused(text: str, own: str = "") -> str:
    """The text with its addresses written so that nothing makes a link of them: `lq[.]cn`.

    `own`: an address of ours, which stays as it is.
    """
    if own:
        return own.join(defused(part) for part in text.split(own))
    text = _CHINESE_ENDING.sub("[.]", text)
    folded = text.translate(_FOLD)
    made, end = [], 0
    for found in _LINK.finditer(folded):
        made += [text[end : found.start()], found[0].replace(".", "[.]").replace(":", "[:]")]
        end = found.end()
    return "".join([*made, text[end:]]) if made else text
