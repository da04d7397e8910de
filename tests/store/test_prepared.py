"""A prepared statement answers what ``select`` answers, whatever is in the rows and whatever happens to the table."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from palier.core.member import MemberFacts
from palier.core.order import Delivery, Line, Order
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.store.members.buyer import _USUAL, read_buyer, read_buyers
from palier.store.prepared import Prepared
from palier.store.rows import any_of, listed, select
from tests.flows.world import World

NOW = datetime(2026, 3, 2, 9, 0, 0, 120_000, tzinfo=UTC)


@pytest.fixture
def world(transactional_db):
    return World.new()


def test_rows_are_those_of_select(world):
    order = Order(
        "1", "paid", "EUR", "élodie ✓", lines=(Line("1", "tee", 1, 7000),), delivery=Delivery("Besançon", "FR")
    )  # fmt: skip
    record_orders(RecordOrders(world.shop_id, (order,)), now=NOW)
    facts = MemberFacts(
        "ben", name="Ben", language="fr", company=True, groups=("pro",), born=date(1990, 5, 17), signed_up=NOW,
        prices="net", said=frozenset({"name", "language", "company", "groups", "born", "signed_up", "prices"}),
    )  # fmt: skip
    register_members(RegisterMembers(world.shop_id, (facts,)), now=NOW)
    for customer in ("élodie ✓", "ben", "nobody", "", "x'; --", None):
        asked = [customer, world.shop_id]
        assert _USUAL.rows(asked) == select(_USUAL.sql, asked)
    assert read_buyer(world.shop_id, "ben").account.is_company
    assert read_buyer(world.shop_id, "élodie ✓").account.state.totals.available == 70


def test_several_buyers_are_read_as_each_alone(world):
    named = ["élodie ✓", 'q"uote', "back\\slash", "{a,b}", "NULL", "null", "x'; --", "tab\t", ""]
    told = [
        Order(str(n), "paid", "EUR", who, lines=(Line("1", "tee", 1, 700 * (n + 1)),))
        for n, who in enumerate(named)
    ]
    record_orders(RecordOrders(world.shop_id, tuple(each for each in told if each.customer)), now=NOW)
    asked = [*named, "nobody", "{nobody}"]
    found = read_buyers(world.shop_id, asked)
    alone = {who: read_buyer(world.shop_id, who) for who in asked}
    assert {who: found.get(who, found[None]) for who in asked} == alone
    assert [who for who in asked if who in found] == named[:-1]
    assert read_buyers(world.shop_id, ["nobody"]) == {None: alone["nobody"]} == read_buyers(world.shop_id, [])
    with pytest.raises(LookupError):
        read_buyers(world.shop_id + 1, ["nobody"])


def test_every_kind_of_value_is_read(world, is_postgresql):
    if not is_postgresql:
        pytest.skip("PostgreSQL's own types")
    sql = (
        "SELECT 1::smallint, -2::int, 9007199254740993::bigint, 'é'::text, 'x'::varchar, TRUE, FALSE, NULL::text,"
        " DATE '1990-05-17', TIMESTAMPTZ '2026-03-02 09:00:00.1+01', TIMESTAMPTZ '2026-03-02 09:00:00+00',"
        """ '{"a": [1, "é"]}'::jsonb, %s::text WHERE %s::int = 7"""
    )
    assert Prepared("kinds", sql).rows(["ü", 7]) == select(sql, ["ü", 7])
    assert Prepared("kinds", sql).rows(["ü", 8]) == []


ODD = [
    "",
    " ",
    "a",
    'a"b',
    '","',
    "\\",
    '\\"',
    "{}",
    "{a,b}",
    "NULL",
    "null",
    "é✓",
    "a\nb",
    "'",
    "%s",
    '"',
    "x" * 5000,
]


@pytest.mark.parametrize("texts", [ODD, ['","', "a"], ['"'], ["\\"], ["a"], []])
def test_a_list_of_texts_arrives_as_it_is(world, texts):
    sql = f"SELECT v FROM (SELECT %s AS v) one WHERE {any_of('v')}"
    found = [text for text in [*ODD, "b"] if select(sql, [text, listed(texts)])]
    assert found == [text for text in ODD if text in texts]
    prepared = Prepared("texts", sql.replace("%s AS", "CAST(%s AS text) AS"))
    assert [text for text in [*ODD, "b"] if prepared.rows([text, listed(texts)])] == found


def test_a_type_that_is_not_known_is_left_to_select(world, is_postgresql):
    if not is_postgresql:
        pytest.skip("PostgreSQL's own types")
    sql = "SELECT 1.50::numeric, '{1,2}'::int[] WHERE 1 = %s::int"
    assert Prepared("numeric", sql).rows([1]) == select(sql, [1])


def test_a_table_that_was_changed_is_asked_anew(world):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE changing (id integer, name varchar(9))")
        cursor.execute("INSERT INTO changing VALUES (1, 'a')")
        try:
            asked = Prepared("changing", "SELECT * FROM changing WHERE id = %s")
            assert asked.rows([1]) == [(1, "a")]
            cursor.execute("ALTER TABLE changing ADD COLUMN more integer DEFAULT 5")
            assert [asked.rows([1]) for _ in range(3)] == [[(1, "a", 5)]] * 3
            cursor.execute("ALTER TABLE changing RENAME TO changed")
            with pytest.raises(Exception, match="changing"):
                asked.rows([1])
            cursor.execute("ALTER TABLE changed RENAME TO changing")
            assert asked.rows([1]) == [(1, "a", 5)]
        finally:
            cursor.execute("DROP TABLE changing")


def test_a_statement_that_is_watched_is_seen(world):
    with CaptureQueriesContext(connection) as caught:
        read_buyer(world.shop_id, "anna")
    assert len(caught) == 1


def test_others_may_work_while_it_waits(world, is_postgresql):
    """The interpreter is free while the database thinks."""
    if not is_postgresql:
        pytest.skip("SQLite thinks in the process itself")
    import threading
    import time

    turns = []
    stop = threading.Event()

    def count():
        while not stop.is_set():
            turns.append(1)
            time.sleep(0.001)

    counting = threading.Thread(target=count)
    counting.start()
    Prepared("sleep", "SELECT %s::int, pg_sleep(0.2)::text").rows([1])
    stop.set()
    counting.join()
    assert len(turns) > 20
