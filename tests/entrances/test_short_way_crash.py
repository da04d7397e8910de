"""kill -9 in the middle of load: what was acknowledged is there, once, and what was not can be sent again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from palier.store.models import Account, Entry, Order
from tests.entrances.api_shop import forget_everything, make_api

SENDERS = 12


@pytest.fixture
def shop(process_environment):
    forget_everything()
    with scopes_disabled():
        yield make_api()
    forget_everything()


@contextmanager
def server(environment):
    """``palier serve`` with two workers on a free port; killed with all its processes at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "palier", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(
        words, env={**environment, "PALIER_API_RATE": "0"}, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
        yield port, process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Sender(threading.Thread):
    """Sends orders one after the other until its connection breaks."""

    def __init__(self, port, key, number):
        super().__init__()
        self.port, self.key, self.number = port, key, number
        self.sent = []
        self.acknowledged = {}

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            for n in range(100_000):
                id = f"{self.number}-{n}"
                self.sent.append(id)
                self.acknowledged[id] = put(connection, self.key, id)
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()


def put(connection, key, id):
    order = {"status": "paid", "member": f"m{hash(id) % 9}", "lines": [{"product": "mug", "price": 10}]}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection.request("PUT", f"/api/v1/orders/{id}", json.dumps(order), headers)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise OSError(f"{response.status} {body!r}")
    return json.loads(body)["result"]


@pytest.mark.slow
def test_killing_the_server_loses_and_doubles_no_acknowledged_order(shop, process_environment):
    with server(process_environment) as (port, process):
        senders = [Sender(port, shop.key, number) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        until = time.monotonic() + 60
        while sum(len(sender.acknowledged) for sender in senders) < 300 and time.monotonic() < until:
            time.sleep(0.002)
        os.killpg(process.pid, signal.SIGKILL)
        for sender in senders:
            sender.join(60)
    acknowledged = {id for sender in senders for id in sender.acknowledged}
    sent = {id for sender in senders for id in sender.sent}
    assert len(acknowledged) >= 300
    assert {result for sender in senders for result in sender.acknowledged.values()} == {"new"}
    stored = set(Order.objects.values_list("external_id", flat=True))
    assert acknowledged <= stored <= sent
    with server(process_environment) as (port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        told = {
            id: put(connection, shop.key, id) for id in sorted(sent - acknowledged | set(sorted(stored)[:50]))
        }
        connection.close()
    assert {told[id] for id in told if id in stored} == {"repeat"}
    assert {told[id] for id in told if id not in stored} <= {"new"}
    assert Order.objects.count() == Entry.objects.filter(kind="earn").count() == len(sent)
    # Who reached 500 points has had a coupon for them.
    assert sum(Account.objects.values_list("lifetime", flat=True)) == 10 * len(sent)
    assert [str(problem) for problem in load_problems(shop.programme_id)] == []
