"""Whether a request comes from a browser on this machine: what the demo, which asks nobody's name, opens to."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

_BY_PROXIES = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_REAL_IP",
)


def is_from_this_machine(environment: Mapping[str, object], host: str) -> bool:
    """Whether the WSGI ``environment`` says so, ``host`` being the name that was asked for, with or without its port.

    Behind a proxy everybody seems to be here, so a proxy is refused; so is a name of elsewhere that leads here.
    """
    if any(name in environment for name in _BY_PROXIES):
        return False
    name = host.rpartition(":")[0] or host
    try:
        is_near = ipaddress.ip_address(str(environment.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False
    return is_near and name.strip("[]") in {"127.0.0.1", "localhost", "::1"}
