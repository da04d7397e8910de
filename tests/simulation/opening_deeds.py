"""Files of opening balances and of past orders: they are read, and taken back."""

from __future__ import annotations

from palier.flows.imports.start_import import StartImport, start_import
from palier.flows.imports.undo_batch import UndoBatch, undo_batch
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.open_balances import OpenBalances, OpeningBalance, open_balances
from tests.simulation.stage import World, order_of, refund_of
from tests.simulation.steps import Step


def _import(world: World, step: Step) -> None:
    """Each order happens at its own time."""
    facts = step.facts
    shop_id = world.shops[facts["shop"]]
    messages = facts["messages"]
    command = StartImport(shop_id, "orders", facts["key"], facts["key"], {}, total_rows=len(messages))
    batch_id = start_import(command, now=step.at).batch_id
    world.batches[facts["key"]] = batch_id
    told = tuple(order_of(world, one) if do == "order" else refund_of(one) for do, one in messages)
    answers = record_orders(
        RecordOrders(shop_id, told, is_history=True, batch_id=batch_id, collects=True), now=step.at
    )
    world.refused += [f"import: {answer.refusal}" for answer in answers if answer.refusal is not None]


def _open(world: World, step: Step) -> None:
    """The same file again is the same batch, until that was taken back."""
    facts = step.facts
    shop_id = world.shops[facts["shop"]]
    started = start_import(
        StartImport(shop_id, "balances", facts["key"], facts["key"], {}, total_rows=1), now=step.at
    )
    world.batches[facts["key"]] = started.batch_id
    row = OpeningBalance(
        facts["customer"], facts["points"], facts["ends_at"], "", facts["spend"], facts["key"]
    )
    open_balances(OpenBalances(shop_id, (row,), started.batch_id), now=step.at)


def _take_back(world: World, step: Step) -> None:
    batch_id = world.batches.pop(step.facts["key"], None)
    while batch_id is not None and undo_batch(UndoBatch(batch_id), now=step.at).left:
        pass


DO = {"opening": _open, "unopen": _take_back, "import": _import, "unimport": _take_back}
