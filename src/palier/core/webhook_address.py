"""Where webhooks may go: the address that somebody typed, and the numbers that its name leads to.

Whoever may type an address can make the server call it, so that only what the public internet reaches is allowed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from palier.core.errors import Refusal

PORTS = (443, 8443)
"""Where https is offered to the public; other ports are those of databases, mail and consoles."""

URL_MAX = 2000


class InvalidWebhook(Refusal):
    """The webhook cannot be like that."""

    code = "invalid_webhook"


@dataclass(frozen=True, slots=True)
class WebhookAddress:
    """An address taken apart. ``target`` is path and query; ``host`` is lower case, without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_loopback(self) -> bool:
        """Whether the name itself says this machine."""
        number = as_number(self.host)
        return number.is_loopback if number else self.host == "localhost"


def parse_webhook_address(url: str, *, allows_local: bool) -> WebhookAddress:
    """The parts of an address that webhooks may be sent to.

    Only https to a public name or number, on a usual port, without a login in it; with ``allows_local`` (demo and
    development) also http and any port, on this machine only. ``InvalidWebhook`` says what is wrong.
    """
    match = _URL.fullmatch(url)
    if match is None or len(url) > URL_MAX:
        raise _refusal("this is not an address", "write it like https://shop.example.com/loyalty")
    scheme, login, bracketed, name, port, target = match.groups()
    if login is not None:
        raise _refusal("an address with a login in it is not kept", "check the signature instead")
    host = (bracketed or name).lower()
    if bracketed and not isinstance(as_number(host), IPv6Address):
        raise _refusal("only an IPv6 address stands in brackets")
    address = WebhookAddress(
        scheme.lower(), host, int(port or (443 if scheme.lower() == "https" else 80)), target or "/"
    )
    if not 0 < address.port < 65536:
        raise _refusal("there is no such port")
    if allows_local and address.is_loopback:
        return address
    if address.scheme != "https":
        raise _refusal("only https is taken", "what members do is nobody else's business")
    if address.port not in PORTS:
        raise _refusal(
            f"port {address.port} is not for this", f"use {' or '.join(str(each) for each in PORTS)}"
        )
    _check_host(host)
    return address


def is_public(number: str) -> bool:
    """Whether an IP address belongs to the public internet: not to this machine, a network around it, or a cloud.

    Addresses that carry another one in them (IPv4 in IPv6, tunnels, translators) are refused whatever they carry.
    """
    address = as_number(number)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if isinstance(address, IPv6Address):
        return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)
    return False


def is_loopback(number: str) -> bool:
    """Whether an IP address is this machine's own."""
    address = as_number(number)
    return address is not None and address.is_loopback


def as_number(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that a text is; None for a name. Zones (``fe80::1%eth0``) are no addresses for us."""
    try:
        return None if "%" in host else ip_address(host)
    except ValueError:
        return None


def _check_host(host: str) -> None:
    number = as_number(host)
    if number is not None:
        if not is_public(host):
            raise _refusal("this address is not on the public internet")
        return
    labels = host.split(".")
    # 127.1, 0x7f.1 and 2130706433 are names to us and numbers to the system's resolver.
    if _NUMERIC.fullmatch(labels[-1]):
        raise _refusal("this is not an IP address", "write all of its parts")
    if len(labels) < 2 or labels[-1] in _PRIVATE_ENDINGS:
        raise _refusal(f"{host} is a name for inside only", "use a name that the public internet knows")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refusal(f"{host} is not a name", "write names of other alphabets as xn--…")


def _refusal(message: str, hint: str = "") -> InvalidWebhook:
    return InvalidWebhook(message, path="url", hint=hint)


_URL = re.compile(
    r"(https?)://([^/?#@]*@)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?"
    r"((?:/[!$-;=?-Z_a-z~\[\]]*)?)",
    re.ASCII | re.IGNORECASE,
)
"""Visible ASCII without quotes, angle and curly brackets, backslashes and fragments: what no two readers differ on."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?", re.ASCII)
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_PRIVATE_ENDINGS = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "test", "invalid",
     "example", "onion", "localdomain"}
)  # fmt: skip

_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private
        "100.64.0.0/10",  # shared by carriers, and a cloud's metadata
        "127.0.0.0/8",  # this machine
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "168.63.129.16/32",  # a cloud's host
        "192.0.0.0/24", "192.88.99.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24",  # special
        "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # for documents
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/4", "240.0.0.0/4",  # multicast, reserved, broadcast
    )
)  # fmt: skip
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # special, tunnels
        "2001:db8::/32", "3fff::/20",  # for documents
        "2002::/16",  # carries IPv4
        "2620:4f:8000::/48",  # special
        "5f00::/16",  # segment routing
    )
)  # fmt: skip
