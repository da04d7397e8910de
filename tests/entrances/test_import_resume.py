"""An import that is killed goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.ledger.models import Entry
from palier.store.members.models import Account
from palier.store.orders.models import Order, OrderLine, Refund
from palier.store.programmes.models import Programme
from tests.entrances.import_fixtures import Shop, make_programme

MEMBERS = 60
ORDERS = 3000


def lines() -> list[str]:
    """Orders of a few members over a year, every tenth followed by a credit note, some of which reach too far."""
    rows = []
    for n in range(ORDERS):
        day = f"2010-{1 + n * 11 // ORDERS:02}-{1 + n * 5 % 27:02} 1{n % 10}:{n % 60:02}:00"
        rows.append(f"{n + 1000},{n % 7},Thing,{1 + n % 3},{day},{n % 40}.25,{n % MEMBERS},France")
        if n % 10 == 0:
            rows.append(
                f"C{n + 1000},{n % 7},Thing,-{1 + n % 5},2010-12-{1 + n % 27:02} 12:00:00,1.00,{n % MEMBERS},France"
            )
    return rows


def standing(shop_id: int) -> dict[str, object]:
    """What must not depend on how often the import was interrupted: all sums, rows and lists."""
    columns = ("spend_minor", "available", "lifetime", "orders", "tier", "debt", "last_sequence")
    accounts = Account.objects.filter(identities__shop=shop_id)
    orders = Order.objects.filter(shop=shop_id)
    problems = ImportProblem.objects.filter(batch__shop=shop_id)
    return {
        "accounts": sorted(accounts.values_list("identities__customer_id", *columns)),
        "entries": Entry.objects.filter(account__in=accounts).count(),
        "orders": sorted(orders.values_list("external_id", "booked_points", "booked_spend_minor", "status")),
        "lines": OrderLine.objects.filter(order__shop=shop_id).count(),
        "refunds": sorted(
            Refund.objects.filter(order__shop=shop_id).values_list("order__external_id", "external_id")
        ),
        "problems": sorted(problems.values_list("row", "code", "amount_minor")),
    }


@pytest.mark.slow
def test_an_import_killed_in_its_middle_and_run_again_ends_in_the_same_state(
    committed_shop: Shop,
    process_environment: dict[str, str],
):
    path = committed_shop.retail(*lines())
    command = [sys.executable, "-m", "palier", "import", "orders", path, "--json"]
    killed = 0
    for _ in range(3):
        before = _done()
        process = subprocess.Popen(
            command, env=process_environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        until = time.monotonic() + 60
        while process.poll() is None and _done() == before and time.monotonic() < until:
            time.sleep(0.005)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        process.stderr.close()
    assert killed
    batch = ImportBatch.objects.get()
    assert 0 < batch.done_rows < ORDERS + ORDERS // 10
    assert batch.finished_at is None

    finished = subprocess.run(command, env=process_environment, capture_output=True, check=False)
    assert finished.returncode == 0, finished.stderr.decode()
    assert ImportBatch.objects.get().finished_at is not None
    programme_id, shop_id = make_programme()
    public_id = Programme.objects.get(pk=programme_id).public_id
    assert committed_shop.command("orders", path, "--programme", public_id)[1]["status"] == "done"
    interrupted, at_once = standing(committed_shop.shop_id), standing(shop_id)
    assert interrupted["problems"]
    assert interrupted == at_once


def _done() -> int:
    return sum(ImportBatch.objects.values_list("done_rows", flat=True))
