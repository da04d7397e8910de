"""Entrances that do more than one flow does: the API with its answers kept, imports, workers, backups."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import override_settings

from palier.cli import main
from palier.cli.importing import people, run
from palier.flows.access import claim_answer
from palier.jobs import queue
from palier.jobs.deliver import deliver_due
from palier.jobs.due import hand_on_intents, work_off_accounts
from palier.jobs.inbox import work_off_inbox
from palier.store.backups.load import check
from palier.store.models import Delivery, Inbox, WebhookEndpoint
from tests.crash.case import Case
from tests.crash.receiver import address, received
from tests.entrances.api_shop import Api
from tests.entrances.api_writes import WRITES, Write

FILES = Path(os.environ["PALIER_TEST_DIRECTORY"])


def _ask(facts: Any, write: Write) -> None:
    names = {"member": "anna", "friend": "cleo", "order": "2", "hold": facts.hold, "webhook": facts.webhook}
    write = write.named(names)
    told = Api(facts.shop, facts.programme, facts.key)(write.method, write.path, write.body, once="the-same")
    gone = told.status_code == 404 and write.method == "DELETE"
    assert told.status_code == 200 or gone, (told.status_code, told.content)


def _ask_later(facts: Any, write: Write) -> None:
    """After half a minute, when nobody waits for the process any more that has claimed the key."""
    with patch.object(claim_answer, "AT_WORK_FOR", timedelta(0)):
        _ask(facts, write)


def _api(write: Write) -> Case:
    return Case(
        f"API {write.operation}", f"api.{write.operation}", lambda f: _ask(f, write),
        again=lambda f: _ask_later(f, write), steps=True, reads_clock=True,
        # An order that does not say when it was changed is as new as its arrival. Of one whose answer was lost the
        # same request hears what the repeat brings: no points.
        aside=("store_order.content_digest", *(("store_answer.body",) if write.operation == "post_orders" else ())),
    )  # fmt: skip


API = tuple(map(_api, WRITES))


def _orders_file(_: Any) -> None:
    """Seven orders and three refunds of four members, and one line that nobody can read."""
    lines = []
    for n in range(1, 8):
        order = {
            "id": f"im-{n}",
            "status": "paid",
            "member": f"im{n % 4}",
            "updated": f"2026-03-{n:02}T10:00:00Z",
        }
        order["lines"] = [{"product": f"p{n}", "price": f"{n}0.00"}]
        lines.append(json.dumps({"order": order}))
        if n % 3 == 0:
            refund = {"order": f"im-{n}", "id": "r", "amount": "5.00", "at": f"2026-03-{n + 1:02}T10:00:00Z"}
            lines.append(json.dumps({"refund": refund}))
    (FILES / "orders.jsonl").write_text("\n".join([*lines, '{"order": {}}']))


def _members_file(_: Any) -> None:
    rows = [f"im{n},Name {n},im{n}@example.org,fr" for n in range(1, 8)]
    (FILES / "members.csv").write_text("\n".join(["id,name,email,language", *rows]))


def _balances_file(_: Any) -> None:
    rows = [f"im{n},{n * 20 - 30},moved" for n in range(1, 8)]
    (FILES / "balances.csv").write_text("\n".join(["id,points,reason", *rows]))


def _import(kind: str, name: str) -> None:
    with patch.object(run, "CHUNK_MAX", 3), patch.object(people, "CHUNK_MAX", 3):
        assert main(["import", kind, str(FILES / name), "--json", "--quiet"]) in (0, 1)


def _imports(name: str, kind: str, file: str, prepare: Callable[[Any], None]) -> Case:
    return Case(
        name,
        f"import.{kind}",
        lambda f: _import(kind, file),
        prepare=prepare,
        steps=True,
        reads_clock=True,
        # Of a chunk that was recorded and not noted, the next run counts what it found unchanged.
        aside=("store_importbatch.counts",),
    )


IMPORTS = (
    _imports("a file of orders", "orders", "orders.jsonl", _orders_file),
    _imports("a file of members", "members", "members.csv", _members_file),
    _imports("a file of balances", "balances", "balances.csv", _balances_file),
)


def _leases_end(facts: Any) -> None:
    """Minutes later: what a dead worker had taken is anybody's."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    Inbox.objects.filter(done_at=None, failed_at=None).update(next_at=past)
    Delivery.objects.filter(state="waiting").update(next_at=past)


def _deliver(facts: Any) -> None:
    WebhookEndpoint.objects.update(url=f"{address()}&to={_name()}")
    with override_settings(PALIER_WEBHOOKS_LOCAL=True):
        deliver_due(Event())


def _deliver_again(facts: Any) -> None:
    _leases_end(facts)
    _deliver(facts)


def _name() -> str:
    """This attempt's database."""
    return Path(str(connection.settings_dict["NAME"])).name


def _all_arrived(facts: Any, is_again: bool) -> list[str]:
    """Whatever is called delivered has arrived, and after the repeat everything is delivered."""
    arrived = received(_name())
    rows = Delivery.objects.exclude(public_id=facts.delivery)
    found = [
        f"{row.message_id} did not arrive"
        for row in rows
        if row.state == "delivered" and row.message_id not in arrived
    ]
    waiting = rows.exclude(state="delivered").count() if is_again else 0
    return found + ([f"{waiting} deliveries wait still"] if waiting else [])


def _turn(facts: Any) -> None:
    """What a worker does one after the other."""
    queue.plan_due(_PERIODIC)
    work_off_accounts(Event())
    work_off_inbox(Event())
    hand_on_intents(Event())
    queue.run_ready("worker", Event())


def _another_turn(facts: Any) -> None:
    _leases_end(facts)
    queue.take_back(())
    queue.try_again()
    _turn(facts)


def _periodic() -> Any:
    """Those whose work is done in the worker's own process."""
    from palier.jobs.tasks import PERIODIC

    return tuple(each for each in PERIODIC if each.task.func.__name__ != "verify_all")


_PERIODIC = _periodic()
_COUNTS = (
    "store_inbox.tries", "store_delivery.tries", "store_delivery.attempts_made", "store_attempt.number",
    "store_inbox.next_at", "store_delivery.next_at", "django_tasks_database_dbtaskresult.return_value",
)  # fmt: skip
"""A try that died is counted, and moves the next one; what it had done is not in what the next one counts."""

JOBS = (
    Case("deliveries are sent", "jobs.deliver", _deliver, again=_deliver_again, steps=True,
         outside=("palier.jobs.deliver.send",), reads_clock=True, aside=(*_COUNTS, "store_webhookendpoint.url"),
         holds=_all_arrived),
    Case("a worker's turn", "jobs.worker", _turn, again=_another_turn, steps=True, reads_clock=True, aside=_COUNTS),
)  # fmt: skip


def _file() -> Path:
    """Where this database is backed up to: a file of its own for each attempt."""
    return FILES / f"{_name()}.gz"


def _back_up(facts: Any) -> None:
    main(["backup", str(_file()), "--json"])


def _back_up_again(facts: Any) -> None:
    main(["backup", str(_file()), "--json", "--force"])


def _is_whole(facts: Any, is_again: bool) -> list[str]:
    """The file is not there, or whole; and nothing lies beside it after the repeat."""
    found = []
    if _file().exists():
        with gzip.open(_file()) as lines:
            check(lines)
    elif is_again:
        found.append("there is no backup after the repeat")
    if is_again:
        found += [f"{each} was left behind" for each in FILES.glob(f"{_file().name}.part")]
        _file().unlink(missing_ok=True)
    return found


_OUTSIDE = ("os.open", "os.fsync", "pathlib.Path.replace", "pathlib.Path.unlink", "gzip.GzipFile.write")
BACKUP = (
    Case("a backup", "cli.backup", _back_up, again=_back_up_again, outside=_OUTSIDE, holds=_is_whole),
)  # fmt: skip

CASES = (*API, *IMPORTS, *JOBS, *BACKUP)
