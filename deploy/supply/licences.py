"""docs/licences.md: what the product runs on, and under which terms.

python -m deploy.supply.licences
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from deploy.supply.installed import UNKNOWN, Distribution, distributions

DOCUMENT: Final = Path("docs/licences.md")
# Terms that would reach over to what runs beside them, or forbid a use. Neither AGPL nor GPL is
# among the allowed ones; LGPL is, for a library that can be replaced.
_DENIED: Final = re.compile(
    r"\bAGPL|(?<!L)\bGPL|\bSSPL|\bBUSL|\bBSL-1\.1|Commons-Clause|\bCC-BY-NC|\bJSON\b|\bElastic-2\.0"
)
_HEAD: Final = """# Licences

What the product runs on (requirements/runtime.txt), by the metadata of what is installed. Written
by `python -m deploy.supply.licences`; a test holds it to the installation and refuses AGPL, GPL,
SSPL, BUSL and their like, and whatever says nothing. LGPL is used as a library that can be
replaced: psycopg (the driver of PostgreSQL), python-stdnum and pi-heif (the decoder of
photographs). The list of one build, with versions and hashes, is its SBOM: var/sbom.json after
`make test`, dist/sbom.json beside a wheel, /venv/share/wenqi/sbom.json in an image. Known
vulnerabilities are asked for by `make audit`.

| package | licence | what it is |
|---|---|---|
"""


def denied(licence: str) -> bool:
    """Whether a package of this licence may not be used. Of several, one may be chosen."""
    choices = re.split(r"\s+OR\s+", licence)
    return licence == UNKNOWN or all(_DENIED.search(choice) for choice in choices)


def row(one: Distribution) -> str:
    """A package's line in the table. Without its version, which every renewal would change."""
    return f"| {one.name} | {one.licence} | {one.summary.replace('|', '/')} |"


def markdown() -> str:
    """The document for what is installed here."""
    return _HEAD + "".join(f"{row(one)}\n" for one in distributions())


def main() -> None:
    """Write the document anew; exits with 1 for a package that may not be used."""
    DOCUMENT.write_text(markdown(), encoding="utf-8")
    refused = [f"{one.name}: {one.licence}" for one in distributions() if denied(one.licence)]
    if refused:
        sys.exit("\n".join(refused))


if __name__ == "__main__":
    main()
