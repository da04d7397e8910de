"""Work that waits for the work in progress and is then done together."""

import asyncio
import threading
import time
from collections import defaultdict

import pytest

from palier.api.hot import together as module
from palier.api.hot.together import Together


class Slow:
    """Work that takes a moment, and remembers what was done together."""

    def __init__(self, *, at_once=1, most=100, wait_s=0.01):
        self.batches = []
        self.at_work = 0
        self.most_at_work = 0
        self.wait_s = wait_s
        self._lock = threading.Lock()
        self.together = Together(self.work, at_once=at_once, most=most)

    def work(self, key, items):
        with self._lock:
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            self.batches.append((key, tuple(items)))
        time.sleep(self.wait_s)
        with self._lock:
            self.at_work -= 1
        if "boom" in items and len(items) > 1:
            raise ValueError("the batch failed")
        return [KeyError(item) if item == "bad" else f"{key}:{item}" for item in items]


def one_by_one(slow, asked):
    """The answer to every (key, item), each asked when the one before is answered."""

    async def ask():
        return [await slow.together.do(*each) for each in asked]

    return asyncio.run(asyncio.wait_for(ask(), 20))


def all_at_once(slow, asked):
    """The outcome of every (key, item), asked in this order without waiting for one another."""

    async def ask():
        waiting = (slow.together.do(*each) for each in asked)
        return await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 20)

    return asyncio.run(ask())


def test_a_lone_caller_waits_for_nobody():
    slow = Slow(wait_s=0)
    assert one_by_one(slow, [(1, item) for item in "abc"]) == ["1:a", "1:b", "1:c"]
    assert slow.batches == [(1, ("a",)), (1, ("b",)), (1, ("c",))]


def test_who_comes_meanwhile_is_done_together_in_the_order_of_coming():
    slow = Slow(wait_s=0.1)
    asked = [(1, str(n)) for n in range(20)]
    assert all_at_once(slow, asked) == [f"1:{n}" for n in range(20)]
    assert len(slow.batches) == 2
    assert [item for _, items in slow.batches for item in items] == [str(n) for n in range(20)]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_everyone_gets_their_own_answer_and_no_more_are_at_work_than_may(at_once):
    slow = Slow(at_once=at_once, most=7)
    asked = [(n % 3, str(n)) for n in range(200)]
    assert all_at_once(slow, asked) == [f"{key}:{item}" for key, item in asked]
    assert slow.most_at_work <= at_once
    assert max(len(items) for _, items in slow.batches) <= 7
    done = defaultdict(list)
    for key, items in slow.batches:
        done[key] += items
    assert {key: sorted(items) for key, items in done.items()} == {
        key: sorted(item for other, item in asked if other == key) for key in range(3)
    }


def test_an_exception_is_its_own_callers():
    slow = Slow(wait_s=0.05)
    first, bad, good = all_at_once(slow, [(1, "a"), (1, "bad"), (1, "b")])
    assert (first, good) == ("1:a", "1:b")
    assert isinstance(bad, KeyError)


def test_work_that_breaks_off_leaves_nobody_waiting():
    slow = Slow(wait_s=0.05)
    outcomes = all_at_once(slow, [(1, "a"), (1, "x"), (1, "boom"), (1, "y"), (2, "z")])
    assert outcomes[0] == "1:a"
    assert [type(outcome) for outcome in outcomes[1:4]] == [ValueError] * 3
    assert outcomes[4] == "2:z"
    assert one_by_one(slow, [(1, "again")]) == ["1:again"]


def test_a_loop_that_ended_keeps_nobody_in_another_from_their_answer():
    """The thread that works off what one loop asked for also takes what another asks meanwhile."""
    begun, ended = threading.Event(), threading.Event()

    def work(key, items):
        if items == ["first"]:
            begun.set()
            time.sleep(0.05)
        else:
            assert ended.wait(20)
        return items

    both = Together(work, at_once=1, most=100)
    answers = []

    def ask(item):
        answers.append(asyncio.run(asyncio.wait_for(both.do(1, item), 20)))

    first = threading.Thread(target=ask, args=("first",))
    first.start()
    assert begun.wait(20)
    second = threading.Thread(target=ask, args=("second",))
    second.start()
    first.join(20)
    ended.set()
    second.join(20)
    ask("third")
    assert answers == ["first", "second", "third"]


def test_whose_loop_ended_before_the_work_did_keeps_nobody_waiting():
    slow = Slow(wait_s=0.05)

    async def leave():
        left = asyncio.create_task(slow.together.do(1, "left"))
        await asyncio.sleep(0.01)
        assert not left.done()

    asyncio.run(leave())
    assert one_by_one(slow, [(1, "stays")]) == ["1:stays"]


def test_no_key_starves():
    slow = Slow(most=2, wait_s=0.02)
    all_at_once(slow, [(1, str(n)) for n in range(9)] + [(2, "x")])
    assert [key for key, _ in slow.batches].index(2) <= 3


def test_only_work_that_takes_long_is_overtaken(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 1000)
    begun, opened, most = threading.Event(), threading.Event(), []

    def work(key, items):
        most.append(tuple(items))
        if most == [("stuck",)]:
            begun.set()
            assert opened.wait(20)
        return items

    async def ask():
        both = Together(work, at_once=2, most=100)
        stuck = asyncio.create_task(both.do(1, "stuck"))
        while not begun.is_set():
            await asyncio.sleep(0)
        patient = asyncio.create_task(both.do(1, "patient"))
        await asyncio.sleep(0.01)
        assert most == [("stuck",)]
        monkeypatch.setattr(module, "PATIENCE_S", 0)
        assert await both.do(1, "late") == "late"
        assert await patient == "patient"
        assert not stuck.done()
        opened.set()
        assert await stuck == "stuck"

    asyncio.run(asyncio.wait_for(ask(), 20))
    assert most == [("stuck",), ("patient", "late")]


def test_who_goes_away_while_they_wait_keeps_nobody_from_their_answer():
    slow = Slow(wait_s=0.05)

    async def ask():
        first, gone, stays = (asyncio.create_task(slow.together.do(1, item)) for item in "abc")
        await asyncio.sleep(0.01)
        gone.cancel()
        return await asyncio.gather(first, gone, stays, return_exceptions=True)

    first, gone, stays = asyncio.run(ask())
    assert (first, stays) == ("1:a", "1:c")
    assert isinstance(gone, asyncio.CancelledError)
