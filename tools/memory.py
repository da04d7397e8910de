"""Whether a web server grows with what it is told: its ASGI application in this process, asked thousands of times.

``python -m tools.memory --database postgres --requests 12000``. Nothing but the application and its database is there,
so that what grows is its own: after each part the memory of this process that is its own (anonymous pages, garbage
collected before), and how many objects Python's collector knows.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.running.places import place
from tools.running.processes import Installation, anonymous_kb

SECRET = "memory-" + "0" * 50
MEMBERS = 200
AT_ONCE = 4
LIFE = 12
"""So many requests are for each member; then others come, so that no account grows for ever."""
LINES = [{"product": "mug", "quantity": 2, "price": "12.50"}, {"product": "lamp", "price": 95}]

Request = tuple[str, str, Any]


def requests() -> Iterator[Request]:
    """New orders, quotes, events, gifts and looks at members, in turn, for ever; no two writes are the same."""
    for number in itertools.count():
        generation, place = divmod(number, MEMBERS * LIFE)
        member, kind = f"m{generation}-{place % MEMBERS}", number % 6
        if place == 0:
            for each in range(MEMBERS):
                yield "PUT", f"/members/m{generation}-{each}", {"name": "Anna"}
        if kind < 2:
            yield "PUT", f"/orders/o{number}", {"status": "paid", "member": member, "lines": LINES}
        elif kind == 2:
            yield "POST", "/events", {"member": member, "name": "review", "id": f"e{number}"}
        elif kind == 3:
            yield "POST", f"/members/{member}/gifts", {"points": 5, "reason": "Thanks", "id": f"g{number}"}
        elif kind == 4:
            yield "POST", "/quotes", {"member": member, "lines": LINES}
        else:
            yield "GET", f"/members/{member}", None


class Asker:
    """Asks the application as granian would."""

    def __init__(self, application: Any, key: str) -> None:
        self.application = application
        self.key = key.encode()
        self.numbers = itertools.count()

    async def ask(self, request: Request) -> None:
        """One request, whose answer must be good."""
        method, path, body = request
        raw = b"" if body is None else json.dumps(body).encode()
        path = f"/api/v1{path}"
        headers = [
            (b"host", b"localhost"), (b"authorization", b"Bearer " + self.key), (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(raw)), (b"idempotency-key", b"memory-%d" % next(self.numbers)),
        ]  # fmt: skip
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
            "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        }  # fmt: skip
        told = iter([{"type": "http.request", "body": raw, "more_body": False}])
        answered: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            message = next(told, None)
            while message is None:
                await asyncio.sleep(3600)
            return message

        async def send(message: dict[str, Any]) -> None:
            answered.append(message)

        await self.application(scope, receive, send)
        # Who is introduced at this moment may not be there yet.
        if answered[0]["status"] not in (200, 404):
            raise RuntimeError(f"{method} {path}: {answered}")


async def watch(asker: Asker, count: int, every: int) -> list[tuple[int, float]]:
    """Ask so often; (requests so far, MB) after every part."""
    found: list[tuple[int, float]] = []
    drawn = requests()

    async def client(asks: int) -> None:
        for _ in range(asks):
            await asker.ask(next(drawn))

    await client(MEMBERS)
    for done in range(every, count + 1, every):
        await asyncio.gather(*(client(every // AT_ONCE) for _ in range(AT_ONCE)))
        gc.collect()
        found.append((done, anonymous_kb(os.getpid()) / 1024))
        print(f"{done:7} requests {found[-1][1]:7.1f} MB {len(gc.get_objects()):7} objects", flush=True)
    return found


def main() -> int:
    """Print the parts, and by how much the last half grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--requests", type=int, default=12_000)
    parser.add_argument("--every", type=int, default=1000)
    options = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="palier-memory-"))
    with place(options.database, root / "disk") as here:
        palier = Installation(root / "machine", here.url, SECRET)
        shop = palier.ask("begin")
        os.environ |= palier.environment
        from palier.config.asgi import application

        start = time.process_time()
        found = asyncio.run(watch(Asker(application, shop["key"]), options.requests, options.every))
        took = time.process_time() - start
        half = found[len(found) // 2 - 1 :]
        each = 1000 * (half[-1][1] - half[0][1]) / max(1, half[-1][0] - half[0][0])
        print(f"the last half grew by {each:.2f} MB in a thousand requests; {took:.0f} s of a processor")
        sys.stdout.flush()
    shutil.rmtree(root, ignore_errors=True)
    # Threads of the application are still there.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
