"""``palier serve``: the web server, on a database whose tables are up to date."""

from __future__ import annotations

import argparse
import os
import socket
import sys

from palier.core.errors import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    parser.add_argument("--workers", type=int, default=1, help="how many processes (1)")
    parser.add_argument(
        "--with-worker", action="store_true", help="run palier work beside it, and start again what dies"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    check_migrations()
    check_port(options.host, options.port)
    print(f"Palier listens on http://{options.host}:{options.port}. Stop it with Ctrl+C.", flush=True)
    if options.with_worker:
        return serve_with_worker(host=options.host, port=options.port, workers=options.workers)
    serve(host=options.host, port=options.port, workers=options.workers)
    return 0


def check_migrations() -> None:
    """Raise ``Refusal`` while the tables are older than the code."""
    from django.db import connection

    from palier.store.tables import tables_are_current

    if not tables_are_current():
        raise Refusal("the database's tables are not up to date", hint="run palier init")
    # The server's processes open their own.
    connection.close()


def check_port(host: str, port: int) -> None:
    """Raise ``Refusal`` when something listens there already: the server itself would only say so in a log."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            why = error.strerror if isinstance(error, OSError) else "a port is a number from 0 to 65535"
            raise Refusal(f"cannot listen on {host}:{port}: {why}", hint="choose another --port") from error


def serve(*, host: str, port: int, workers: int = 1) -> None:
    """Hand this process over to granian, which answers signals by itself."""
    sys.stdout.flush()
    words = server_words(host=host, port=port, workers=workers)
    choose_environment(workers)
    os.execv(words[0], words)


def serve_with_worker(*, host: str, port: int, workers: int = 1, is_quiet: bool = False) -> int:
    """Run the web server and ``palier work`` until interrupted. ``is_quiet``: what is worked off is not told."""
    from palier.cli.supervise import Child, supervise

    sys.stdout.flush()
    choose_environment(workers)
    web = Child("the web server", server_words(host=host, port=port, workers=workers))
    work = Child("the worker", [sys.executable, "-m", "palier", "work"], is_quiet=is_quiet)
    return supervise([web, work])


def choose_environment(workers: int) -> None:
    """How the web processes use the machine, unless the environment says otherwise.

    Several keep to a processor each. Their threads share two of the C library's heaps, where each would else get its
    own: with SQLite what one allocates another frees, and what was free in ten heaps grew for hours.
    """
    os.environ.setdefault("PALIER_BIND_PROCESSORS", "1" if workers > 1 else "0")
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")


def server_words(*, host: str, port: int, workers: int) -> list[str]:
    """The command line of granian. HTTP/2 is for whoever stands in front of it."""
    return [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port),
        "--workers", str(workers), "--log-level", "error", "--no-ws", "--http", "1",
        "palier.config.asgi:application",
    ]  # fmt: skip
