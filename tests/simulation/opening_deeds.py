"""Files of opening balances: they are read, and taken back."""

from __future__ import annotations

from palier.flows.imports.start_import import StartImport, start_import
from palier.flows.imports.undo_batch import UndoBatch, undo_batch
from palier.flows.points.open_balances import OpenBalances, OpeningBalance, open_balances
from tests.simulation.stage import World
from tests.simulation.steps import Step


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
    if batch_id is not None:
        undo_batch(UndoBatch(batch_id), now=step.at)


DO = {"opening": _open, "unopen": _take_back}
