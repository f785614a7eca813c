"""What chats and mail programs make a link of, and what looks like it and is none."""

from __future__ import annotations

import pytest

from vocabulary.links import defused, has_link

LINKS = [
    "点 http://phish.example/lq 领取",
    "weixin://dl/business",
    "www.lq123.example",
    "点lq.cn领取",
    "lq.cn/abc",
    "补贴ＬＱ．ＣＮ",
    "lq。com",
    "lq·top",
    "a@lq.cn",
    "Booking.com",
    "领钱.cn",
    "sub.domain.lq.com.cn",
    "192.0.2.7:8080",
    "ＨＴＴＰ：／／phish",
    "http://",
    "LQ.Co",
    "xn--fiq228c.xn--fiqs8s",
    "领钱.中国",
    "\U0001d425\U0001d42a.\U0001d41c\U0001d427",
    "\u24db\u24e0.\u24d2\u24dd",
    "补贴.zip",
    "192.0.2.7",
    "领钱点１９２．０．２．７即可",
    "tel:10086",
    "Ｔｅｌ：13900000666",
    "mailto:a@lq",
    "lq.ltd",
    "领钱.ltd",
    "disco.ltd",
    "lq.co.ltd",
    "lq.one",
]
NAMES = [
    "北京某某餐饮有限公司",
    "ABC Co.,Ltd.",
    "ABC Co.Ltd",
    "A.I.公司",
    "U.S.A.",
    "St. Mary 餐厅",
    "No.1 面馆",
    "买买提·艾力",
    "J·测试",
    "2020.03.01-2020.04.30",
    "1.5 倍",
    "第1.2.3.4条",
    "合同编号 12-3.A",
    "Node.js 工作室",
    "测试（北京）。",
    "材料已收到。中国",
    "1.商城",
    "Pte.Ltd",
    "测试Co.Ltd.",
    "V1.2.3.4版",
    "300.1.2.3",
    "1.2.3.4.5",
    "Hotel: 测试",
    "tel",
]


@pytest.mark.parametrize("text", LINKS)
def test_a_link_is_seen_and_defused(text: str) -> None:
    assert has_link(text)
    written = defused(text)
    assert not has_link(written)
    assert "[.]" in written or "[:]" in written
    assert len(written) > len(text)


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_none(text: str) -> None:
    assert not has_link(text)
    assert defused(text) == text


def test_a_sign_that_nobody_sees_hides_no_link() -> None:
    assert has_link("lq.c\ufe0fn")


def test_our_own_address_stays_and_nothing_hides_behind_it() -> None:
    own = "https://wenqi.example.cn/api/v1/cases/WQ1"
    text = f"办理地址：{own}（请办理）"
    assert defused(text, own) == text
    assert defused(f"{own}@lq.cn 和 lq.cn", own) == f"{own}@lq[.]cn 和 lq[.]cn"


@pytest.mark.timeout(30, method="signal")
@pytest.mark.parametrize("unit", ["a", "a.", "甲", "www.", "1.", "a-", "a://", "[.]"])
def test_the_cost_grows_no_faster_than_the_text(unit: str) -> None:
    """So long that looking again from each place would take minutes."""
    assert defused(unit * (300_000 // len(unit)))
