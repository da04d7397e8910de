"""A history through the flows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from palier.core.errors import Refusal
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.ids import new_public_id
from palier.store.models import Account, Shop
from palier.store.programmes import load as programmes
from tests.simulation.deeds import DO
from tests.simulation.stage import Untold, World, work
from tests.simulation.steps import History, Step

AGAIN = ("event", "gift", "hold", "voucher", "opening")
"""Steps that are told once more at the end, and must be recognised by their keys."""


def play(history: History, *, works_often: bool, repeats: bool = True, begun: World | None = None) -> World:
    """Tell the whole history to a new programme. With ``works_often`` the due work is done before every step and in
    between; without it only where the history says so, and at its end. ``repeats``: everything is told once more.

    ``begun``: a programme to which nothing was told yet.
    """
    with numbered_coupons(), _seldom_concerned(history):
        world = begin(history) if begun is None else anew(begun)
        now = history.starts_at
        for step in history.steps:
            if works_often:
                for part in (1, 2) if step.do == "publish" else (1, 2, 3):
                    work(world, now + (step.at - now) * part / 3)
            now = step.at
            try:
                DO[step.do](world, step)
            except Refusal as refusal:
                world.refused.append(f"{step.do}: {refusal}")
        work(world, history.ends_at)
        if repeats:
            said = dict(world.answers)
            _repeat_everything(world, history)
            world.answers = said
    return world


def begin(history: History) -> World:
    """A new programme with two shops."""
    programmes._versions.clear()
    _forget_timelines()
    document = history.document
    command = InitProgramme(
        name=document["name"], currency=document["currency"], timezone=document["timezone"], language="en",
        document=document,
    )  # fmt: skip
    initiated = init_programme(command, now=history.starts_at)
    second = Shop.objects.create(
        programme_id=initiated.programme_id, public_id=new_public_id(), slug="second", name="second",
        created_at=history.starts_at,
    )  # fmt: skip
    return World(initiated.programme_id, [initiated.shop_id, second.id], document["currency"])


def anew(begun: World) -> World:
    """The same programme, after everything that was told to it was rolled back."""
    _forget_timelines()
    return World(begun.programme_id, begun.shops, begun.currency)


def _forget_timelines() -> None:
    """Numbers of versions come again after a rollback: what the process remembers of them is of another history."""
    programmes._timelines.clear()


@contextmanager
def numbered_coupons() -> Iterator[None]:
    """Coupons get rising numbers: which of two that were issued together comes first must not be chance."""
    count = iter(range(1, 10**9))

    def new_coupon() -> tuple[str, str]:
        number = next(count)
        return f"{number:036d}", f"{number:012d}"

    with patch("palier.flows.bench.accounts.new_coupon", new_coupon):
        yield


CONCERNED = 50
"""Every so many histories the answer to a publication has its concerns, as it always has in production."""


@contextmanager
def _seldom_concerned(history: History) -> Iterator[None]:
    """What a document should make its owner think about is read off the document alone, after it is in force, and took
    three quarters of a history's time: carts tried at every edge. It has its own laws (tests/core)."""
    if history.seed % CONCERNED == 0:
        yield
        return
    with patch("palier.flows.programme.publish_programme.check", lambda programme: ()):
        yield


def _repeat_everything(world: World, history: History) -> None:
    """All that was told, once more: nothing may be posted."""
    before = _entries(world)
    for shop_id in world.shops:
        told = tuple(message for shop, message in world.told if shop == shop_id)[:500]
        command = RecordOrders(shop_id, told, collects=True)
        answers = record_orders(command, now=history.ends_at)
        for answer in answers:
            if answer.kind not in ("repeat", "older", "refused"):
                raise Untold(f"order {answer.order} told once more was {answer.kind}, not a repeat")
    for step in history.steps:
        if step.do in AGAIN and _is_known(world, step):
            try:
                DO[step.do](world, Step(history.ends_at, step.do, step.facts))
            except Refusal:
                continue
    if _entries(world) != before:
        raise Untold("telling everything once more posted entries")


def _is_known(world: World, step: Step) -> bool:
    """Whether the step was taken, so that its key is known, and its member was not erased since."""
    facts = step.facts
    if (facts["shop"], facts["customer"]) in world.erased:
        return False
    if step.do == "opening":
        return facts["key"] in world.batches
    if step.do == "hold":
        return ("hold", facts["shop"], facts["key"]) in world.made
    return step.do != "voucher" or ("voucher", facts["shop"], facts["customer"], facts["key"]) in world.made


def _entries(world: World) -> dict[int, int]:
    rows = Account.objects.filter(programme_id=world.programme_id)
    return dict(rows.values_list("id", "last_sequence"))
