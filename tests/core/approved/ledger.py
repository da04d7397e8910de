"""Members to whom much happens, as their ledger keeps it: every entry and what is left at the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from random import Random

from palier.core.account import AccountState, Entry
from palier.core.catch_up import catch_up
from palier.core.erase import erase
from palier.core.merge import merge
from palier.core.period import Duration
from palier.core.programme.values import Programme
from palier.core.values import replace
from tests.core.approved.rules import happen_more, more_rules
from tests.core.approved.stories import happen, rules_told
from tests.core.checkout_kit import Checkout
from tests.core.kit import line, points_discount

STORIES, MORE = 48, 36


def ledger_lines() -> Iterator[str]:
    """Stories drawn by their number; every sixth ends in a merge, every sixth in an erasure."""
    usual, more = rules_told(), more_rules()
    for number in range(STORIES + MORE):
        rules = usual if number < STORIES else more
        draw = Random(1000 + number)
        programme = rules[number % len(rules)]
        if number % 5 == 4:
            programme = replace(
                programme, points=replace(programme.points, remind=(Duration(days=7), Duration(days=30)))
            )
        story = told(programme, draw, more=number >= STORIES)
        yield f"ledger {number}"
        for entry in story.entries:
            yield f"  {_entry(entry)}"
        yield from _state(story.state)
        yield f"  told {' '.join(key for _, key in story.intents)}"
        coupons = story.coupons.values()
        yield f"  coupons {[(c.origin, c.origin_id, c.state, c.points, _day(c.ends_at)) for c in coupons]}"
        yield f"  renewals {[(r.order, _day(r.at), _day(r.until), _day(r.undone_at)) for r in story.renewals]}"
        for name, known in story.orders.items():
            yield f"  order {name} {known.frozen} {known.worth}"
            yield f"  booked {known.booking}"
        if number % 6 == 3:
            yield from _merged(story, told(programme, draw))
        elif number % 6 == 5:
            book = story._open()
            catch_up(book, story.now)
            erase(book)
            yield from (f"  erased {_entry(entry)}" for entry in book.entries)
            yield from _state(book.close(next_due_at=None).state)
        yield ""


def told(programme: Programme, draw: Random, *, more: bool = False) -> Checkout:
    """A story in which every fourth deed is a checkout; ``more``: every other one is of the rarer kind."""
    story = Checkout(programme)
    for step in range(18 if more else 14):
        if step % 4 == 3:
            _check_out(story, draw, f"h{step}")
        elif more and step % 2:
            happen_more(story, draw)
        else:
            happen(story, draw)
    return story


def _check_out(story: Checkout, draw: Random, name: str) -> None:
    """A cart is held; what becomes of it is drawn."""
    used = min(story.available, draw.choice((0, 5, 60)))
    free = [coupon.id for coupon in story.state.coupons if coupon.state == "issued"][: draw.randint(0, 1)]
    story.hold(name, used, *free, first=draw.random() < 0.3)
    fate = draw.choice(("release", "take", "wait", "lapse"))
    if fate == "release":
        story.release(name)
    elif fate == "take":
        discounts = (points_discount(used, 1),) if used else ()
        status = draw.choice(("placed", "paid"))
        story.take(
            draw.choice("ABCD"), name, line(draw.choice((30, 90)), id="1"), status=status, discounts=discounts
        )
    elif fate == "lapse":
        story.later(0.1)


def _merged(one: Checkout, other: Checkout) -> Iterator[str]:
    until = max(one.now, other.now)
    other.state = replace(other.state, id=2)
    kept, gone = one.at(until)._open(), other.at(until)._open()
    catch_up(kept, until)
    catch_up(gone, until)
    merge(kept, gone)
    for name, book in (("kept", kept), ("gone", gone)):
        yield from (f"  {name} {_entry(entry)}" for entry in book.entries)
        yield from _state(book.close(next_due_at=None).state)


def _day(at: datetime | None) -> str:
    return at.strftime("%y-%m-%d %H:%M:%S") if at else "-"


def _entry(entry: Entry) -> str:
    moves = f"{entry.points} {entry.pending} {entry.held} {entry.debt} {entry.spend_minor} {entry.orders}"
    return (
        f"{entry.sequence} {entry.kind} {entry.cause.kind}:{entry.cause.id} {_day(entry.effective_at)} [{moves}]"
        f" {_day(entry.qualifies_at)} {entry.tier} v{entry.version} {entry.facts} {sorted(entry.draws)}"
    )


def _state(state: AccountState) -> Iterator[str]:
    totals = " ".join(str(getattr(state.totals, name)) for name in state.totals.__struct_fields__)
    waits = f"{_day(state.demote_at)} {_day(state.stepped_at)} {state.override}"
    yield f"  is {totals} {state.tier} {_day(state.tier_since)} {waits}"
    given = f"once {sorted(state.once)} claims {sorted(state.first_claims)}"
    yield f"  due {_day(state.next_due_at)} next {state.next_lot} {given}"
    yield f"  last {state.last_order}"
    for lot in state.lots:
        ends = f"{_day(lot.available_at)} {_day(lot.own_end)} {_day(lot.ends_at)}"
        yield f"  lot {lot.number} {lot.remaining} {lot.settled} {ends} {lot.origin}"
    for each in state.contributions:
        yield f"  brought {each.cause} {_day(each.at)} {each.spend_minor} {each.points} {each.orders}"
    yield f"  tier coupons {state.tier_coupons} withdrawn {[coupon.id for coupon in state.withdrawn]}"
    yield f"  holds {[(hold.id, _day(hold.lapses_at), hold.coupons) for hold in state.holds]}"
