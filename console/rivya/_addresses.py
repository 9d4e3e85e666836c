"""Which addresses of the network are the public's: results come from there and from nowhere else."""

import ipaddress
from typing import Final

# What `ipaddress` calls global although it leads on: to an IPv4 address inside (NAT64, 6to4, Teredo), or nowhere.
_LEADING_ON: Final = tuple(
    map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"))
)
_SHARED: Final = ipaddress.ip_network("100.64.0.0/10")


def is_public(address: str) -> bool:
    """False for private, loopback, link-local, shared, multicast and reserved ones, mapped ones, and for nonsense."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped or any(found in network for network in _LEADING_ON):
            return False
    elif found in _SHARED:
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def is_named_local(host: str) -> bool:
    """Whether whoever wrote this host down meant this machine or its network: then it is no surprise."""
    bare = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return bare == "localhost" or bare.endswith(".localhost") or "." not in bare
    return not is_public(bare)
