"""Telephone numbers as people write them."""

from __future__ import annotations

import pytest

from schemas.kit.telephone import read_telephone

MOBILE = "+8613912345678"
DESK = "+861088001234"


@pytest.mark.parametrize(
    "written",
    [
        "13912345678",
        "139 1234 5678",
        "139-1234-5678",
        "139.1234.5678",
        "139—1234—5678",
        "１３９１２３４５６７８",
        "+86 13912345678",
        "+86-139-1234-5678",
        "（+86）13912345678",
        "86-13912345678",
        "8613912345678",
        "0086 139 1234 5678",
        "013912345678",
        "手机：13912345678",
        "\u202d139\u200b12345678\u202c",
    ],
)
def test_a_mobile_is_one_number_and_takes_a_text_message(written: str) -> None:
    read = read_telephone(written)
    assert read is not None
    assert (read.canonical, read.text_address) == (MOBILE, "13912345678")


@pytest.mark.parametrize(
    "written",
    [
        "88001234",
        "8800 1234",
        "8800-1234",
        "010-88001234",
        "010 8800 1234",
        "(010)88001234",
        "（010）8800-1234",
        "01088001234",
        "+86 10 8800 1234",
        "+86(010)88001234",
        "86-10-88001234",
        "0086-10-8800-1234",
        "电话:010－88001234",
    ],
)
def test_a_landline_is_one_number_and_takes_none(written: str) -> None:
    read = read_telephone(written)
    assert read is not None
    assert (read.canonical, read.text_address) == (DESK, None)


@pytest.mark.parametrize(
    "mark",
    [
        *(
            "-",
            "—",
            " ",
            "转",
            " 转 ",
            "转接",
            "转分机",
            "分机",
            " 分机：",
            "内线",
            " ext ",
            " ext. ",
        ),
        *("ext:", "x", " X", "#", "*", ",", "，", "；", "(", "（转", "－转"),
    ],
)
def test_an_extension_is_known_by_its_usual_marks(mark: str) -> None:
    closing = ")" if mark in ("(", "（转") else ""
    for number in ("88001234", "010-88001234", "(010) 8800 1234"):
        read = read_telephone(f"{number}{mark}317{closing}")
        assert read is not None, f"{number}{mark}317{closing}"
        assert read.canonical == f"{DESK};ext=317"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("400-820-1234", "+864008201234"),
        ("4008201234", "+864008201234"),
        ("400 8201234 转 2", "+864008201234;ext=2"),
        ("800-820-1234", "+868008201234"),
        ("95566", "+8695566"),
        ("955-66", "+8695566"),
        ("0755-2688-1234", "+8675526881234"),
        ("0316-2345678-8", "+863162345678;ext=8"),
        ("+852 2123 4567", "+85221234567"),
        ("852-2123-4567", "+85221234567"),
        ("00853 2871 2345", "+85328712345"),
        ("886-2-2712-3456", "+886227123456"),
    ],
)
def test_service_numbers_and_other_places(written: str, canonical: str) -> None:
    read = read_telephone(written)
    assert read is not None
    assert (read.canonical, read.text_address) == (canonical, None)


@pytest.mark.parametrize("written", ["+852 6123 4567", "852-61234567", "(00852)61234567"])
def test_a_mobile_of_hong_kong_takes_a_text_message_too(written: str) -> None:
    read = read_telephone(written)
    assert read is not None
    assert read.text_address == "+85261234567"


@pytest.mark.parametrize(
    "written",
    [
        "13912345678/13912345679",
        "13912345678、13912345679",
        "139123456789",
        "1391234567",
        "88001234转",
        "转317",
        "88001234转12345678",
        "+999 12345678",
        "+852 1234",
        "电话",
        "",
        "1" * 500,
    ],
)
def test_what_is_no_number_or_more_than_one_is_refused(written: str) -> None:
    assert read_telephone(written) is None
