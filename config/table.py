"""The table of settings in both READMEs, written between its markers from the declarations.

python -m config.table README.md README.zh-CN.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import MISSING
from pathlib import Path
from typing import Final

from config.declared import Declared, Text, Whole
from config.settings import every_setting

BEGINS: Final = "<!-- settings: python -m config.table README.md README.zh-CN.md -->"
ENDS: Final = "<!-- /settings -->"
_TABLE: Final = re.compile(f"(?<={re.escape(BEGINS)}\n).*?(?={re.escape(ENDS)})", re.DOTALL)
_HEADS: Final = Text("| variable | default | meaning |", "| 变量 | 缺省 | 含义 |")
_PRACTICE: Final = Text("local practice: ", "本地做法：")
_BOUNDS: Final = Text(" ({low} to {high}{unit})", "（{low} 至 {high}{unit}）")


def markdown(language: str) -> str:
    """The rows of every setting; `language`: a field of `Text`."""
    rows = "".join(_row(item, language) for item in every_setting())
    return f"{getattr(_HEADS, language)}\n|---|---|---|\n{rows}"


def renewed(document: str, language: str) -> str:
    """A document with the table between its markers as the declarations have it now."""
    return _TABLE.sub(lambda _: "\n" + markdown(language) + "\n", document)


def language_of(readme: Path) -> str:
    """The language of a README, by its name."""
    return "chinese" if "zh-CN" in readme.name else "english"


def _row(item: Declared, language: str) -> str:
    setting = item.variable
    meaning: str = getattr(setting.help, language)
    if isinstance(setting.parse, Whole):
        unit: str = getattr(setting.parse.unit, language)
        space = " " if unit else ""
        meaning += getattr(_BOUNDS, language).format(
            low=setting.parse.low, high=setting.parse.high, unit=space + unit
        )
    if setting.practice:
        meaning = getattr(_PRACTICE, language) + meaning
    return f"| `{setting.name}` | {_default(item, language)} | {meaning} |\n"


def _default(item: Declared, language: str) -> str:
    if item.variable.unset is not None:
        return str(getattr(item.variable.unset, language))
    if item.default in (None, MISSING, ()):
        return "–"
    return f"`{int(item.default) if isinstance(item.default, bool) else item.default}`"


def main(paths: Sequence[str]) -> None:
    """Write the table anew into each of the READMEs."""
    for path in map(Path, paths):
        text = path.read_text(encoding="utf-8")
        path.write_text(renewed(text, language_of(path)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
