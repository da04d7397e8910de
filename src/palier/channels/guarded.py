"""HTTP that goes only where it may: names are looked up here, and the number that was checked is the one called."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import httpcore
import httpx

from palier.core.webhook_address import is_loopback, is_public

Resolve = Callable[[str, int], Sequence[str]]
"""From a name and a port to IP addresses."""


class NotAllowed(Exception):
    """The name leads to an address that must not be called."""


def resolve(host: str, port: int) -> Sequence[str]:
    """The IP addresses of a name, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedTransport(httpx.BaseTransport):
    """Sends one request over one connection, to checked addresses only, and ends at ``deadline_s`` after its making.

    The address in the URL stays what it is, so that certificate, SNI and Host are those of the name. ``allows`` says
    whether an IP address may be called. Proxies that the environment names are not used: they would look names up
    again.
    """

    def __init__(
        self,
        *,
        deadline_s: float,
        allows_local: bool = False,
        resolve: Resolve = resolve,
        allows: Callable[[str], bool] | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context or _trusted(),
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_Backend(
                until=time.monotonic() + deadline_s,
                resolve=resolve,
                allows=allows or (is_loopback if allows_local else is_public),
            ),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are trusted, read once: that costs as much as twenty deliveries."""
    return httpx.create_ssl_context(trust_env=False)


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    def __init__(self, *, until: float, resolve: Resolve, allows: Callable[[str], bool]) -> None:
        self._until = until
        self._resolve = resolve
        self._allows = allows
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        numbers = self._resolve(host.strip("[]"), port)
        # One wrong address among good ones is a trap, not a spare.
        wrong = next((number for number in numbers if not self._allows(number)), None)
        if wrong is not None:
            raise NotAllowed(f"{host} leads to {wrong}")
        failure: Exception = httpcore.ConnectError("the name has no address")
        for number in numbers:
            try:
                left = _left(self._until, timeout, httpcore.ConnectTimeout)
                return _Timed(self._sockets.connect_tcp(number, port, timeout=left), self._until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline, so that one byte a second does not hold us for ever."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._until, timeout, httpcore.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float, timeout: float | None, late: type[Exception]) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise late("the time is up")
    return left if timeout is None else min(left, timeout)
