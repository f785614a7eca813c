"""The software bill of materials of this build, in CycloneDX 1.6: `make sbom` → var/sbom.json.

python -m deploy.supply.sbom FILE

Written with nothing but Python, so that it is made inside of whatever is built, an image too, of
what is installed there. The tests hold it to the schema of CycloneDX.
"""

from __future__ import annotations

import json
import sys
import uuid
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from deploy.supply.installed import UNKNOWN, Distribution, distributions

PRODUCT: Final = "wenqi"


def bill() -> str:
    """The document as JSON."""
    found = distributions()
    refs = {one.name: _purl(one) for one in found}
    needed = {need for one in found for need in one.needs}
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid4().urn,
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": PRODUCT,
                "name": PRODUCT,
                "version": metadata.version(PRODUCT),
            },
        },
        "components": [_component(one) for one in found],
        "dependencies": [
            {
                "ref": PRODUCT,
                "dependsOn": [refs[one.name] for one in found if one.name not in needed],
            },
            *(
                {
                    "ref": refs[one.name],
                    "dependsOn": [refs[need] for need in one.needs if need in refs],
                }
                for one in found
            ),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _component(one: Distribution) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(one),
        "name": one.name,
        "version": one.version,
        "purl": _purl(one),
        "hashes": [{"alg": "SHA-256", "content": each} for each in one.hashes],
    }
    if one.summary:
        said["description"] = one.summary
    if one.licence != UNKNOWN:
        said["licenses"] = [{"expression": one.licence}]
    return said


def _purl(one: Distribution) -> str:
    return f"pkg:pypi/{one.name}@{one.version}"


def main() -> None:
    """Write it to the file that is named."""
    (target,) = sys.argv[1:]
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(bill() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
