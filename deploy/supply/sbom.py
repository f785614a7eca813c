"""The software bill of materials of this build, in CycloneDX 1.6: `make sbom` → var/sbom.json.

python -m deploy.supply.sbom FILE
"""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from deploy.supply.installed import UNKNOWN, distributions

PRODUCT = "wenqi"


def bill() -> str:
    """The document as JSON."""
    bom = Bom()
    product = Component(
        name=PRODUCT, version=metadata.version(PRODUCT), type=ComponentType.APPLICATION
    )
    bom.metadata.component = product
    made: dict[str, Component] = {}
    licences = LicenseFactory()
    found = distributions()
    for one in found:
        purl = PackageURL("pypi", name=one.name, version=one.version)
        made[one.name] = Component(
            name=one.name,
            version=one.version,
            type=ComponentType.LIBRARY,
            description=one.summary or None,
            purl=purl,
            bom_ref=purl.to_string(),
            licenses=[] if one.licence == UNKNOWN else [licences.make_from_string(one.licence)],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in one.hashes],
        )
        bom.components.add(made[one.name])
    for one in found:
        bom.register_dependency(made[one.name], [made[need] for need in one.needs if need in made])
    needed = {need for one in found for need in one.needs}
    bom.register_dependency(product, [made[one.name] for one in found if one.name not in needed])
    return JsonV1Dot6(bom).output_as_string(indent=2)


def main() -> None:
    """Write it to the file that is named."""
    (target,) = sys.argv[1:]
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(bill() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
