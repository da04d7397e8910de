"""``palier health``: how old the oldest thing is that waits, for people and for monitors."""

from __future__ import annotations

import argparse
import json

from palier.core.health import Health
from palier.jobs.clock import world_now

_TOLD = {
    "no_worker": "no worker is running: start palier work",
    "late_accounts": "accounts have been due for more than a quarter of an hour",
    "late_intents": "intents have waited for more than a quarter of an hour",
    "late_deliveries": "deliveries have been due for more than a quarter of an hour",
    "late_messages": "messages of shops have been due for more than a quarter of an hour",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier health``."""
    parser.add_argument("--json", action="store_true", help="all figures as one JSON object")


def run(options: argparse.Namespace) -> int:
    """0 when all is well, 1 when something is late or nobody works."""
    from palier.store.health.load import load_health

    health = load_health(now=world_now())
    if options.json:
        print(json.dumps(health.as_json()))
    else:
        _show(health)
    return 1 if health.problems() else 0


def _show(health: Health) -> None:
    beat = "never heard of" if health.last_beat_s is None else f"last heard of {health.last_beat_s} s ago"
    print(f"workers             {health.workers} ({beat})")
    for name, waiting in (
        ("accounts due", health.accounts),
        ("intents open", health.intents),
        ("deliveries due", health.deliveries),
        ("messages due", health.messages),
    ):
        age = f" (oldest {waiting.oldest_s} s)" if waiting.count else ""
        print(f"{name:<20}{waiting.count}{age}")
    print(f"deliveries failed   {health.failed_deliveries}")
    print(f"messages failed     {health.failed_messages}")
    print(f"webhooks disabled   {health.disabled_webhooks}")
    print(f"tasks failed        {health.failed_tasks} (in a week)")
    for problem in health.problems():
        print(f"! {_TOLD[problem]}")
