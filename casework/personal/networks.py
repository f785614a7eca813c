"""Where somebody comes from, without what tells one household or desk from another."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Final

_BITS: Final = {4: 24, 6: 48}


def network_of(address: str) -> str | None:
    """The network of an address: /24 of IPv4, /48 of IPv6; None for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return str(ip_network(f"{found}/{_BITS[found.version]}", strict=False))
