"""Mail addresses: what servers take, and what input methods add."""

from __future__ import annotations

import pytest

from schemas.kit.mail_address import read_mail_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("desk@shop.example.org", "desk@shop.example.org"),
        ("d.e-s+k_1@shop.example.org", "d.e-s+k_1@shop.example.org"),
        (" desk@shop.example.org\u200b", "desk@shop.example.org"),
        ("ｄｅｓｋ＠shop．example．org", "desk@shop.example.org"),
        ("desk@示例.中国", "desk@xn--fsq092h.xn--fiqs8s"),
        ("desk@xn--fsq092h.xn--fiqs8s", "desk@xn--fsq092h.xn--fiqs8s"),
        ("o'neil@shop.example.org", "o'neil@shop.example.org"),
        ("desk@example.invalid", "desk@example.invalid"),
    ],
)
def test_an_address_is_kept_as_servers_take_it(written: str, address: str) -> None:
    assert read_mail_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "desk@shop.example.org，",
        "desk@shop.example.org。",
        "desk@shop。example.org",
        "，desk@shop.example.org",
        "desk@shop.example.org；other@shop.example.org",
        "desk@shop.example.org,other@shop.example.org",
        "d\u0435sk@shop.example.org",  # a Cyrillic letter
        "前台@shop.example.org",
        "desk@localhost",
        "desk@shop.localhost",
        "desk@printer.local",
        "desk@[127.0.0.1]",
        "desk@[IPv6:::1]",
        "desk@127.0.0.1",
        "desk@2130706433",
        "desk",
        "@shop.example.org",
        "desk@shop",
        "de..sk@shop.example.org",
        ".desk@shop.example.org",
        "desk@-shop.example.org",
        "desk@shop.example.org\r\nBcc: x@shop.example.org",
        '"desk x"@shop.example.org',
        "a" * 65 + "@shop.example.org",
        "desk@" + "a" * 64 + ".example.org",
        "desk@" + "a.b" * 200 + ".org",
    ],
)
def test_what_no_server_could_be_given_is_refused(written: str) -> None:
    assert read_mail_address(written) is None
