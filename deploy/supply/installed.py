"""The distributions that the product runs on, as they are installed here.

Which they are is said by requirements/runtime.txt; version, licence and needs are those of the
installed ones' own metadata, so that a list describes the build and not the wish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

PINNED: Final = Path("requirements/runtime.txt")
_ENTRY: Final = re.compile(r"^(?P<name>[\w.-]+)(?:\[[^]]*])?==", re.MULTILINE)
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")

# The licence that a classifier means, where a package says it by that only.
_CLASSIFIERS: Final = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "Zope Public License": "ZPL-2.1",
    "The Unlicense (Unlicense)": "Unlicense",
}
# And the free text that some give instead.
_WORDS: Final = {
    "MIT": "MIT",
    "MIT License": "MIT",
    "BSD": "BSD-3-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "Apache-2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "LGPLv2+": "LGPL-2.0-or-later",
    "LGPL-2.1-or-later": "LGPL-2.1-or-later",
    "MPL-2.0": "MPL-2.0",
    # pypdfium2; what PDFium holds in turn is as free (docs/decisions/0052-pages-of-pdf.md).
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
    # Repoze's own: the terms of BSD with a clause on trade marks. SPDX has no name for it.
    "BSD-derived (http://www.repoze.org/LICENSE.txt)": "LicenseRef-Repoze",
}
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Distribution:
    """One installed distribution. `licence`: an SPDX expression, or :data:`UNKNOWN`; `hashes`: of
    its files on the index, SHA-256; `needs`: the normalised names of what it asks for."""

    name: str
    version: str
    licence: str
    summary: str
    hashes: tuple[str, ...]
    needs: tuple[str, ...]


def normalised(name: str) -> str:
    """A distribution's name in its one form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(path: Path = PINNED) -> dict[str, tuple[str, ...]]:
    """Every name of a requirements file -> the hashes that are allowed for it."""
    text = path.read_text(encoding="utf-8")
    entries = list(_ENTRY.finditer(text))
    ends = [match.start() for match in entries[1:]] + [len(text)]
    return {
        normalised(match["name"]): tuple(_HASH.findall(text[match.end() : end]))
        for match, end in zip(entries, ends, strict=True)
    }


def distributions(path: Path = PINNED) -> list[Distribution]:
    """Those that are installed here, by name. (Some are for other systems or other Pythons.)"""
    wanted = pinned(path)
    found = {}
    for one in metadata.distributions():
        name = normalised(one.metadata["Name"])
        if name in wanted:
            found[name] = Distribution(
                name=name,
                version=one.version,
                licence=_licence(one.metadata),
                summary=_said(one.metadata, "Summary"),
                hashes=wanted[name],
                needs=tuple(sorted({_needed(line) for line in one.requires or []} & wanted.keys())),
            )
    return [found[name] for name in sorted(found)]


def _needed(requirement: str) -> str:
    return normalised(re.split(r"[\s;\[(<>=!~]", requirement, maxsplit=1)[0])


def _licence(about: metadata.PackageMetadata) -> str:
    if expression := _said(about, "License-Expression"):
        return expression
    for line in about.get_all("Classifier") or []:
        kind, _, last = line.rpartition(" :: ")
        if kind.startswith("License") and last in _CLASSIFIERS:
            return _CLASSIFIERS[last]
    return _WORDS.get(_said(about, "License"), UNKNOWN)


def _said(about: metadata.PackageMetadata, key: str) -> str:
    return about[key].strip() if key in about else ""
