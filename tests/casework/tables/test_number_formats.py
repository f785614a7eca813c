"""Number formats: what they make of a number that a clerk sees."""

from __future__ import annotations

import pytest

from casework.tables.number_formats import Look, shown_by


@pytest.mark.parametrize(
    ("code", "look"),
    [
        ("General", Look.PLAIN),
        ("#,##0.00", Look.PLAIN),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', Look.PLAIN),
        ('"￥"#,##0.00_);\\("￥"#,##0.00\\)', Look.PLAIN),
        ("[$¥-804]#,##0.00", Look.PLAIN),
        ("#,##0.00;[Red]-#,##0.00", Look.PLAIN),
        ('0"人"', Look.PLAIN),
        ("0.00E+00", Look.PLAIN),
        ("@", Look.PLAIN),
        ("0.00%", Look.PERCENT),
        ("0％", Look.PERCENT),
        ('0"万元"', Look.UNIT),
        ("0.0,", Look.UNIT),
        ('#,##0,"千元"', Look.UNIT),
        ('0!.0,"万"', Look.UNIT),
        ('[>=10000]0.0,"万";0', Look.UNIT),
        ('G/通用格式"亿"', Look.UNIT),
        ('0"‰"', Look.UNIT),
        ("[$$-409]#,##0.00", Look.UNIT),
        ("000-0000-0000", Look.PADDED),
        ('"010-"00000000', Look.UNIT),
        ('0"0000"', Look.UNIT),
        ("00000000", Look.PADDED),
        ("yyyy-mm-dd", Look.DAY),
        ('[$-804]yyyy"年"m"月"d"日";@', Look.DAY),
        ("mmm-yy", Look.DAY),
        ("yyyy/m/d h:mm", Look.DAY),
        ("h:mm", Look.CLOCK),
        ("[h]:mm:ss", Look.CLOCK),
        ('上午/下午h"时"mm"分"', Look.CLOCK),
    ],
)
def test_a_format_shows_a_number_so(code: str, look: Look) -> None:
    assert shown_by(200, code).look is look


@pytest.mark.parametrize(
    ("number", "look"),
    [(0, Look.PLAIN), (2, Look.PLAIN), (10, Look.PERCENT), (14, Look.DAY), (20, Look.CLOCK),
     (31, Look.DAY), (57, Look.DAY)],
)  # fmt: skip
def test_formats_that_files_only_number(number: int, look: Look) -> None:
    assert shown_by(number, None).look is look
