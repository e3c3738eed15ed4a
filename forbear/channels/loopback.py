"""Whether an address is this machine's own: the sandbox's providers are nowhere else."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback(address: str) -> bool:
    """Of an address with its scheme."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
