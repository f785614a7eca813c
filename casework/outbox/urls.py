"""URLs that the house posts to, and which of them lie on the public internet."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from casework.errors import PermanentError

DEFAULT_PORTS = {"https": 443, "http": 80}

# What the library counts as global: prefixes that carry an IPv4 address inside (NAT64, Teredo,
# 6to4), which neither family judges; the old site-local addresses, still used inside networks;
# protocol assignments and documentation.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(prefix)
    for prefix in (
        *("64:ff9b::/96", "2001::/32", "2002::/16", "fec0::/10", "3fff::/20"),
        *("192.0.0.0/24", "192.88.99.0/24"),
    )
)


class AddressRefused(PermanentError):
    """The URL, or what its name resolves to, is not an address that Wenqi may call."""


def check_url(url: str, *, public_only: bool) -> SplitResult:
    """Split a URL we may post to. Raises AddressRefused for any other.

    `public_only`: https is required, because the message crosses other people's networks.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("http: not a URL") from None
    if parts.scheme not in ({"https"} if public_only else DEFAULT_PORTS):
        raise AddressRefused("http: the URL must begin with https://")
    if not parts.hostname or port == 0 or parts.username is not None or parts.fragment:
        raise AddressRefused("http: the URL must be a host and a path, without user or fragment")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused("http: the URL holds characters that no URL may hold")
    return parts


def is_plainly_private(host: str) -> bool:
    """Whether a host shows without being looked up that it is not on the public internet."""
    try:
        return not is_public(host)
    except ValueError:  # a name
        return host == "localhost" or host.endswith(".localhost")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet and to nothing else."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        return is_public(str(ip.ipv4_mapped))
    if any(ip in prefix for prefix in _NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
