"""A process that dies at any point has done all or nothing, and doing it again makes it whole (I-16, G4).

The suite tries some cases at some points; ``python -m tests.crash`` tries all of them at every point.
"""

import gc
import os
import signal
from functools import partial

import pytest
from django.db import connection, connections
from django_scopes import scopes_disabled

from tests.crash.bases import bases
from tests.crash.case import Case
from tests.crash.cases import CASES
from tests.crash.child import Failed, in_child
from tests.crash.dump import canonical, unlike
from tests.crash.place import enter, places
from tests.crash.points import Points
from tests.crash.receiver import receiving
from tests.crash.trial import tell, try_case
from tests.flows.world import order

CORE = [
    case for case in CASES
    if case.flow.partition(".")[0] in ("orders", "members", "points", "checkout") and case.base == "world"
]  # fmt: skip
CORE_MOST = 22
"""Of longer ones (batches, histories, nights of due work) some points are tried, as of everything else."""
SAMPLE = [case for case in CASES[::10] if case.base == "world" and not case.is_about_tables]
POINTS = 3


@pytest.fixture(scope="module")
def place(django_db_blocker):
    with django_db_blocker.unblock():
        connections.close_all()
        with receiving(), places() as found:
            yield found


@pytest.fixture(scope="module")
def known(place):
    return bases(place)


def spread(case, points):
    """Some of the points, others in each case, the end among them."""
    count = len(points) + 1
    step = max(1, count // (POINTS - 1))
    return sorted({*range(len(case.name) % step, count, step), count - 1})


def all_or_some(case, points):
    return range(len(points) + 1) if len(points) <= CORE_MOST else spread(case, points)


@pytest.mark.slow
def test_a_killed_process_has_done_all_or_nothing_and_its_repeat_makes_it_whole(place, known):
    kills = 0
    for case in SAMPLE:
        result = try_case(place, case, known(case), only=partial(spread, case))
        assert result.problems == [], f"{case.flow}: {case.name}"
        kills += result.kills
    assert kills > 2 * len(SAMPLE)


@pytest.mark.slow
def test_every_statement_of_the_core_operations_may_be_the_last_of_a_process(place, known):
    if place.server is not None:
        pytest.skip("SQLite shows every point, PostgreSQL those of the sample")
    kills = 0
    for case in CORE:
        result = try_case(place, case, known(case), only=partial(all_or_some, case))
        assert result.problems == [], f"{case.flow}: {case.name}"
        kills += result.kills
    assert kills >= 400


def _twice(facts):
    from palier.flows.points.give_points import GivePoints, give_points

    give_points(GivePoints(facts.shop, "anna", 5, "one", key="one"), now=facts.now)
    give_points(GivePoints(facts.shop, "anna", 5, "without a key"), now=facts.now)


def test_work_that_is_not_idempotent_or_not_whole_is_found(place, known):
    """The harness itself: two transactions, one of which knows no key."""
    case = Case("two gifts", "", _twice)
    result = try_case(place, case, known(case))
    assert any("done in part" in problem for problem in result.problems)
    assert any("after the repeat: store_entry" in problem for problem in result.problems)


def test_every_statement_that_the_database_sees_is_a_point(place, known):
    from palier.flows.orders.record_orders import RecordOrders, record_orders

    case = Case("", "", lambda f: record_orders(RecordOrders(f.shop, (order("new", 500),)), now=f.now))
    seen = tell(place, case, known(case)).points
    text = "\n".join(seen)
    for each in ("store_account", "INSERT INTO store_order"):
        assert each in text
    assert seen[-1].upper().startswith("COMMIT")


def test_a_child_that_is_killed_said_only_what_it_had_said():
    def work(say):
        say("first")
        Points(0).reach("its end")
        say("second")

    ended = in_child(work)
    assert ended.said == ("first",)
    assert ended.was_killed
    with pytest.raises(Failed, match="a claim"):
        in_child(lambda say: pytest.fail("a claim"))
    assert in_child(lambda say: os.kill(os.getpid(), signal.SIGKILL)).was_killed


def test_two_dumps_differ_where_their_databases_do(place, known):
    name = place.copy(known(CASES[0]).template)

    def work(say):
        from palier.store.models import Account

        enter(name)
        with scopes_disabled():
            say(canonical())
            Account.objects.filter(identities__customer_id="anna").update(spend_minor=1)
            say(canonical())
        connection.close()

    before, after = in_child(work).said
    assert len(unlike(before, after)) == 2
    assert unlike(before, before) == []
    gc.collect()


@pytest.mark.slow
def test_an_import_that_died_before_what_was_due_is_worked_off_goes_on_with_it(place, known):
    """Else a worker would do it, and tell members what fell due in the past that was imported."""
    case = next(case for case in CASES if case.flow == "import.orders")
    result = try_case(place, case, known(case), only=lambda points: range(len(points) - 16, len(points), 3))
    assert result.problems == []


@pytest.mark.slow
def test_a_migration_that_died_before_it_was_noted_is_made_again(place, known):
    case = next(case for case in CASES if case.name == "tables with rows are brought up to date")

    def before_the_first_note(points):
        return [
            next(at for at, what in enumerate(points) if "INSERT" in what and "django_migrations" in what)
        ]

    assert try_case(place, case, known(case), only=before_the_first_note).problems == []


@pytest.mark.slow
def test_a_restored_database_takes_new_rows_although_the_restore_died_after_its_rows_were_there(place, known):
    if place.server is None:
        pytest.skip("SQLite numbers new rows by itself")
    case = next(case for case in CASES if case.flow == "upkeep.restore_backup")

    def after_the_rows(points):
        """The commit of the rows is the last but one."""
        return [[at for at, what in enumerate(points) if what == "commit"][-2] + 1]

    result = try_case(place, case, known(case), only=after_the_rows)
    assert result.problems == []
    assert result.kills == 1
