"""One transaction, tried again when another process made the same row at this moment, or the database asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

from palier.store.members.load import Moved

T = TypeVar("T")

TRIES = 5

_RACED = ("identity_once", "order_once", "happening_once", "refund_once", "hold_once", "store_identity.",
          "store_order.", "store_refund.", "store_happening.", "store_hold.")  # fmt: skip
"""Unique constraints that two deliveries of the same thing may race for (PostgreSQL names them, SQLite the columns)."""

_TRY_AGAIN = ("40001", "40P01")
"""PostgreSQL: serialization failure, deadlock."""


def in_one_transaction(work: Callable[[], T]) -> T:
    """Run ``work`` in one transaction. A lost race for a new row is run again: it then finds the row and answers
    as for a repeat; so is work whose account moved while it waited. Every other error rolls back and is raised."""
    for left in range(TRIES - 1, -1, -1):
        try:
            with transaction.atomic():
                return work()
        except Moved:
            if not left:
                raise
        except IntegrityError as error:
            if not left or not any(name in str(error) for name in _RACED):
                raise
        except OperationalError as error:
            if not left or getattr(error.__cause__, "sqlstate", None) not in _TRY_AGAIN:
                raise
    raise AssertionError("unreachable")
