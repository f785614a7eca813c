"""Whether an encrypted PDF opens without a password (ISO 32000-2, 7.6.4: the standard handler).

Many that only forbid printing or copying are encrypted under the empty user password, and every
viewer opens them. What asks for a password, or is encrypted in a way that is not known here, is
refused by the caller.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_NAMED: Final = re.compile(rb"/Encrypt\s*(?:(\d{1,10})\s+(\d{1,5})\s+R\b|<<)")
_LONGEST: Final = 8192
_PADDING: Final = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_ESCAPED: Final = {
    ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("f"): 12,
}  # fmt: skip
_OLD: Final = (2, 3, 4)
_NEW: Final = (5, 6)
_HASHED: Final = 32
_SALT: Final = 8
_ROUNDS: Final = 64


def is_encrypted(content: bytes) -> bool:
    """Whether any trailer says so."""
    return _NAMED.search(content) is not None


def opens_without(content: bytes) -> bool:
    """Whether the empty user password opens it."""
    try:
        rules = _dictionary(content)
        revision = _number(rules, b"R")
        if b"/Standard" not in rules or revision is None:
            return False
        if revision in _OLD:
            return _opens_old(content, rules, revision)
        return revision in _NEW and _opens_new(rules, revision)
    except (ValueError, IndexError, KeyError):
        return False


def _dictionary(content: bytes) -> bytes:
    found = list(_NAMED.finditer(content))[-1]
    if found[1] is None:
        start = found.end() - 2
    else:
        pattern = rb"(?<!\d)" + found[1] + rb"\s+" + found[2] + rb"\s+obj\s*(?=<<)"
        start = list(re.finditer(pattern, content))[-1].end()
    return content[start : start + _LONGEST]


def _number(rules: bytes, name: bytes) -> int | None:
    found = re.search(rb"/" + name + rb"\s+(-?\d{1,10})(?![\d.])", rules)
    return int(found[1]) if found else None


def _text(rules: bytes, name: bytes) -> bytes:
    """A string of the dictionary, written in hexadecimal or in brackets. Raises ValueError."""
    found = re.search(rb"/" + name + rb"\s*([<(])(?!<)", rules)
    if found is None:
        raise ValueError(name)
    if found[1] == b"<":
        digits = rules[found.end() : rules.index(b">", found.end())]
        return bytes.fromhex(digits.decode("ascii"))
    return _in_brackets(rules, found.end())


def _in_brackets(rules: bytes, at: int) -> bytes:
    said, depth = bytearray(), 1
    while True:
        byte = rules[at]
        at += 1
        if byte == ord("\\"):
            octal = re.match(rb"[0-7]{1,3}", rules[at : at + 3])
            if octal:
                said.append(int(octal[0], 8) & 255)
                at += len(octal[0])
            elif rules[at] in b"\r\n":
                at += 2 if rules[at : at + 2] == b"\r\n" else 1
            else:
                said.append(_ESCAPED.get(rules[at], rules[at]))
                at += 1
            continue
        depth += (byte == ord("(")) - (byte == ord(")"))
        if depth == 0:
            return bytes(said)
        said.append(byte)


def _opens_old(content: bytes, rules: bytes, revision: int) -> bool:
    """Algorithms 2, 4 and 5."""
    first_id = _text(content[content.rindex(b"/ID") :].replace(b"[", b" ", 1), b"ID")
    rights = (_number(rules, b"P") or 0) & 0xFFFFFFFF
    length = 5 if revision == _OLD[0] else (_number(rules, b"Length") or 40) // 8
    length = 16 if revision == _OLD[2] else min(max(length, 5), 16)
    digest = hashlib.md5(
        _PADDING + _text(rules, b"O")[:32] + rights.to_bytes(4, "little") + first_id
        + (b"\xff" * 4 if b"/EncryptMetadata false" in rules and revision == _OLD[2] else b""),
        usedforsecurity=False,
    ).digest()  # fmt: skip
    if revision > _OLD[0]:
        for _ in range(50):
            digest = hashlib.md5(digest[:length], usedforsecurity=False).digest()
    key = digest[:length]
    user = _text(rules, b"U")
    if revision == _OLD[0]:
        return _rc4(key, _PADDING) == user[:32]
    checked = hashlib.md5(_PADDING + first_id, usedforsecurity=False).digest()
    for turn in range(20):
        checked = _rc4(bytes(each ^ turn for each in key), checked)
    return checked == user[:16]


def _opens_new(rules: bytes, revision: int) -> bool:
    """Algorithms 2.A and 2.B, for the empty password."""
    user = _text(rules, b"U")
    salt = user[_HASHED : _HASHED + _SALT]
    digest = hashlib.sha256(salt).digest()
    return user[:_HASHED] == (digest if revision == _NEW[0] else _hardened(digest))


def _hardened(digest: bytes) -> bytes:
    turn = 0
    while True:
        block = digest * _ROUNDS
        encryptor = Cipher(AES(digest[:16]), CBC(digest[16:32])).encryptor()
        sealed = encryptor.update(block) + encryptor.finalize()
        kind = sum(sealed[:16]) % 3
        digest = (hashlib.sha256, hashlib.sha384, hashlib.sha512)[kind](sealed).digest()
        turn += 1
        if turn >= _ROUNDS and sealed[-1] <= turn - 32:
            return digest[:_HASHED]


def _rc4(key: bytes, text: bytes) -> bytes:
    """The cipher that old files use; it protects nothing here."""
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out, i, j = bytearray(), 0, 0
    for byte in text:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)
