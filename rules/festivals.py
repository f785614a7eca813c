"""Days off that are fixed by law (全国年节及纪念日放假办法, as amended for 2025 and later).

The State Council's yearly notice only adds to these: it says which days around them are exchanged.
So they are known before any notice, and never count as working days.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

# Year, then month and day of: the first day of the first month of the lunar year (春节), the fifth
# of the fifth (端午), the fifteenth of the eighth (中秋). Two lunar calendars made independently
# agree on every one of them.
_LUNAR: Final = """
    2026 0217 0619 0925  2027 0206 0609 0915  2028 0126 0528 1003  2029 0213 0616 0922
    2030 0203 0605 0912  2031 0123 0624 1001  2032 0211 0612 0919  2033 0131 0601 0908
    2034 0219 0620 0927  2035 0208 0610 0916  2036 0128 0530 1004  2037 0215 0618 0924
    2038 0204 0607 0913  2039 0124 0527 1002  2040 0212 0614 0920  2041 0201 0603 0910
    2042 0122 0622 0928  2043 0210 0611 0917  2044 0130 0531 1005  2045 0217 0619 0925
    2046 0206 0608 0915  2047 0126 0529 1004  2048 0214 0615 0922  2049 0202 0604 0911
    2050 0123 0623 0930  2051 0211 0613 0919  2052 0201 0601 0907  2053 0219 0620 0926
    2054 0208 0610 0916  2055 0128 0530 1005  2056 0215 0617 0924  2057 0204 0606 0913
    2058 0124 0625 1002  2059 0212 0614 0921  2060 0202 0603 0909  2061 0121 0622 0928
    2062 0209 0611 0917  2063 0129 0601 1006  2064 0217 0619 0925  2065 0205 0608 0915
    2066 0126 0528 1003  2067 0214 0616 0923  2068 0203 0604 0911  2069 0123 0623 0929
    2070 0211 0613 0919  2071 0131 0602 0908  2072 0219 0620 0926  2073 0207 0610 0916
    2074 0127 0530 1005  2075 0215 0617 0924  2076 0205 0606 0912  2077 0124 0624 1001
    2078 0212 0614 0920  2079 0202 0604 0910  2080 0122 0622 0928  2081 0209 0611 0917
    2082 0129 0601 1006  2083 0217 0619 0926  2084 0206 0607 0914  2085 0126 0527 1003
    2086 0214 0615 0922  2087 0203 0605 0911  2088 0124 0623 0929  2089 0210 0613 0918
    2090 0130 0602 0908  2091 0218 0621 0927  2092 0207 0609 0916  2093 0127 0529 1005
    2094 0215 0617 0924  2095 0205 0606 0913  2096 0125 0624 0930  2097 0212 0614 0920
    2098 0201 0604 0909  2099 0121 0623 0929
"""
_FIXED: Final = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""元旦, 劳动节, 国庆节."""


def is_festival(day: date) -> bool:
    """Whether the day is off by law, whatever a year's notice says."""
    return day in _festivals(day.year)


@lru_cache(maxsize=128)
def _festivals(year: int) -> frozenset[date]:
    days = {date(year, month, day) for month, day in _FIXED}
    days.add(_qingming(year))
    if year in _lunar():
        spring, dragon_boats, moon = _lunar()[year]
        # 除夕 to 初三.
        days |= {spring + timedelta(days=number) for number in range(-1, 3)}
        days |= {dragon_boats, moon}
    return frozenset(days)


def _qingming(year: int) -> date:
    """清明: when the sun stands at 15 degrees, by the usual formula (years 2000 to 2099)."""
    short = year % 100
    return date(year, 4, int(short * 0.2422 + 4.81) - short // 4)


@lru_cache(maxsize=1)
def _lunar() -> dict[int, tuple[date, ...]]:
    words = iter(_LUNAR.split())
    return {
        (year := int(word)): tuple(
            date(year, int(day[:2]), int(day[2:]))
            for day in (next(words), next(words), next(words))
        )
        for word in words
    }
