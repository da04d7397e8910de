"""Quotes and orders answered before Django is entered: the same answers, and everything unusual goes the long way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django_scopes import scopes_disabled

from palier.api import keys
from palier.api.bodies import BODY_MAX
from palier.store.models import Account, ApiKey, Entry, Order, Programme
from tests.entrances.api_shop import CART, ORDER, another_key, make_api
from tests.entrances.short_way_kit import fresh_way


@pytest.fixture
def way(transactional_db):
    with scopes_disabled():
        yield from fresh_way()


SAID_OF_PAGES = {"Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Frame-Options", "Content-Security-Policy", "Vary",
                 "Content-Language"}  # fmt: skip


def same(one, other):
    """Whether two answers are the same byte for byte, their request ids aside."""
    left, right = dict(one.headers), dict(other.headers)
    assert left.pop("X-Request-Id")
    assert right.pop("X-Request-Id")
    left, right = (
        {name: value for name, value in each.items() if name not in SAID_OF_PAGES} for each in (left, right)
    )
    assert (one.status, one.body, left) == (other.status, other.body, right)
    return True


CARTS = [
    CART,
    {"lines": CART["lines"]},
    {**CART, "member": "nobody-yet", "use_points": 10},
    {
        **CART,
        "delivery": {"city": "Paris", "country": "FR"},
        "shipping": {"carrier": "post", "amount": "4.90"},
    },
    {**CART, "coupons": ["NOTHING"], "promo_codes": [{"code": "TEN", "amount": "1.00"}]},
    {**CART, "currency": "USD", "rate": "0.9", "prices": "net", "payment_method": "carte 💳"},
    {**CART, "lines": [{"product": "é✓", "price": 12.345, "quantity": 3, "tax_rate": 20, "id": "a"}]},
]


@pytest.mark.parametrize("cart", CARTS)
def test_a_quote_is_answered_byte_for_byte_like_djangos(way, cart):
    assert way.short("PUT", "/orders/1", ORDER).status == 200
    assert same(way.short("POST", "/quotes", cart), way.long("POST", "/quotes", cart))


@pytest.mark.parametrize(
    "changes",
    [{}, {"use_quote": True, "use_points": 20}, {"status": "placed"}, {"updated": "2026-11-20T09:00:00Z"}, None],
)  # fmt: skip
def test_an_order_is_answered_byte_for_byte_like_djangos(way, changes):
    """Anna's first two orders the short way, Bea's the other."""
    for order, ask, member in (("a", way.short, "anna"), ("b", way.long, "bea")):
        ask("PUT", f"/orders/first-{order}", {**ORDER, "member": member})
    orders = {member: {**ORDER, **(changes or {}), "member": member} for member in ("anna", "bea")}
    if changes is None:  # a guest's
        del orders["anna"]["member"], orders["bea"]["member"]
    one, other = way.short("PUT", "/orders/a", orders["anna"]), way.long("PUT", "/orders/b", orders["bea"])
    assert one.body.replace(b'"order":"a"', b'"order":"b"') == other.body
    again = way.short("PUT", "/orders/a", orders["anna"]), way.long("PUT", "/orders/a", orders["anna"])
    assert same(*again)
    assert again[0].json["result"] == "repeat"


def test_a_refund_is_answered_byte_for_byte_like_djangos(way):
    for number in ("1", "2"):
        way.short("PUT", f"/orders/{number}", ORDER)
    one = way.short("PUT", "/orders/1/refunds/r", {"amount": 20})
    other = way.long("PUT", "/orders/2/refunds/r", {"amount": 20})
    assert one.body.replace(b'"1"', b'"2"') == other.body
    assert one.json["points"] == -20
    assert same(
        way.short("PUT", "/orders/1/refunds/r", {"amount": 20}),
        way.long("PUT", "/orders/1/refunds/r", {"amount": 20}),
    )


def test_ids_in_addresses_are_what_the_shop_wrote(way):
    for id in ("A 1", "é✓", "2026.11-7", "a%2Fb", "x" * 200):
        assert way.short("PUT", f"/orders/{id}", ORDER).json["order"] == id
    assert {row.external_id for row in Order.objects.all()} == {"A 1", "é✓", "2026.11-7", "a%2Fb", "x" * 200}


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff",
    b'{"lines": NaN}',
    b"[" * 100_000,
    b"\xef\xbb\xbf{}",
    b"1e999",
]
UNUSUAL = {
    "no key": {"HTTP_AUTHORIZATION": None},
    "a wrong key": {"HTTP_AUTHORIZATION": "Bearer palier_" + "x" * 43},
    "another scheme": {"HTTP_AUTHORIZATION": "Basic YTpi"},
    "no length": {"CONTENT_LENGTH": None},
    "no length at all": {"CONTENT_LENGTH": ""},
    "a length that is none": {"CONTENT_LENGTH": "²"},
    "a negative length": {"CONTENT_LENGTH": "-1"},
    "a body too long": {"CONTENT_LENGTH": str(BODY_MAX + 1)},
    "a body shorter than it says": {"CONTENT_LENGTH": "9"},
    "a form": {"CONTENT_TYPE": "application/x-www-form-urlencoded"},
    "a query": {"QUERY_STRING": "language=fr"},
    "an unknown query": {"QUERY_STRING": "a=b"},
    "another host": {"HTTP_HOST": "evil.example"},
    "a broken host": {"HTTP_HOST": "a b"},
}


ADDRESSES = [("POST", "/quotes"), ("PUT", "/orders/1"), ("PUT", "/orders/1/refunds/r")]


@pytest.mark.parametrize("changes", UNUSUAL.values(), ids=UNUSUAL)
def test_whatever_is_unusual_is_answered_by_django(way, changes):
    for method, path in ADDRESSES:
        answer = way(method, path, CART, **changes)
        assert len(way.went_long) == 1
        assert same(answer, way.long(method, path, CART, **changes))
        way.went_long.clear()


def test_a_body_that_is_no_json_object_is_refused_by_django(way):
    for body in BROKEN:
        for method, path in ADDRESSES:
            answer = way(method, path, body)
            assert same(answer, way.long(method, path, body))
            assert answer.status == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/quotes", {"lines": []}),
        ("POST", "/quotes", {**CART, "currency": "USD"}),
        ("PUT", "/orders/1", {**ORDER, "id": "2"}),
        ("PUT", "/orders/1", {**ORDER, "status": "lost", "lines": [{"price": -1}]}),
        ("PUT", "/orders/1", {**ORDER, "placed_at": "2090-01-01"}),
        ("PUT", "/orders/1/refunds/r", {}),
    ],
)
def test_what_is_refused_is_told_by_django_and_leaves_nothing(way, method, path, body):
    answer = way(method, path, body)
    assert same(answer, way.long(method, path, body))
    assert answer.status >= 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not Order.objects.exists()


def test_other_methods_are_djangos(way):
    for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE", "PATCH"):
        assert same(way(method, "/orders/1", CART), way.long(method, "/orders/1", CART))


def test_a_key_without_the_scope_is_refused_by_django(way):
    way.api.key = another_key(way.api, "members:read")
    assert way("POST", "/quotes", CART).status == 403
    assert way("PUT", "/orders/1", ORDER).status == 403


def test_calls_are_counted_like_those_of_the_long_way(way, settings):
    settings.PALIER_API_RATE = 18  # three at once
    told = [way("POST", "/quotes", CART).status for _ in range(5)]
    assert told == [200, 200, 200, 429, 429]
    assert int(way("POST", "/quotes", CART).headers["Retry-After"]) > 0


def test_what_is_refused_counts_once(way, settings):
    settings.PALIER_API_RATE = 18  # three at once
    told = [way("POST", "/quotes", {"lines": []}).status for _ in range(4)]
    assert told == [422, 422, 422, 429]


def test_guessing_codes_costs_time_whichever_way(way):
    way.short("PUT", "/orders/1", ORDER)
    told = [way("POST", "/quotes", {**CART, "coupons": [f"WRONG{n}"]}).status for n in range(12)]
    assert told == [200] * 10 + [429] * 2


def test_the_callers_own_request_id_is_given_back(way):
    assert way.short("POST", "/quotes", CART, HTTP_X_REQUEST_ID="cart-7").headers["X-Request-Id"] == "cart-7"
    assert way.short("POST", "/quotes", CART, HTTP_X_REQUEST_ID="a\nb").headers["X-Request-Id"] != "a\nb"


class Counted:
    """The statements that go over the connections of the short way."""

    def __init__(self, lanes):
        self.statements = []
        for lane in lanes._all:
            lane.execute_wrappers.append(self)

    def __call__(self, execute, sql, parameters, many, context):
        self.statements.append(sql)
        return execute(sql, parameters, many, context)


def test_a_quote_costs_one_statement(way):
    way.short("PUT", "/orders/1", ORDER)
    for _ in range(2):
        way.short("POST", "/quotes", CART)
    counted = Counted(way.busy.reading)
    for cart in CARTS:
        way.short("POST", "/quotes", cart)
    assert len(counted.statements) == len(CARTS)


def test_an_order_costs_twelve_statements_at_most(way):
    way.short("PUT", "/orders/1", ORDER)
    counted = Counted(way.busy.writing)
    way.short("PUT", "/orders/2", ORDER)
    way.busy.close()
    assert 0 < len(counted.statements) <= 12


def test_what_a_key_opens_ends_with_it(way):
    way.short("POST", "/quotes", CART)
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")
    keys.forget()  # a minute later
    assert way("POST", "/quotes", CART).status == 401


def kill(lanes):
    """What a database that restarts does to the connections."""
    for lane in lanes._all:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [lane.connection.info.backend_pid])
        else:
            lane.connection.close()


def test_a_connection_that_died_is_noticed_by_nobody(way):
    way.short("PUT", "/orders/0", ORDER)
    way.short("POST", "/quotes", CART)
    kill(way.busy.reading)
    kill(way.busy.writing)
    for method, path, body in (("POST", "/quotes", CART), ("PUT", "/orders/1", ORDER)):
        assert way(method, path, body).status == 200
        assert way.went_long or connection.vendor == "sqlite"  # where a connection may open anew by itself
        way.went_long.clear()
    assert way.short("POST", "/quotes", CART).status == 200
    assert way.short("PUT", "/orders/2", ORDER).json["result"] == "new"
    assert Entry.objects.filter(kind="earn").count() == 3


def test_shops_do_not_see_each_other(way):
    way.short("PUT", "/orders/1", ORDER)
    own, way.api = way.api, make_api()
    assert way.short("POST", "/quotes", {**CART, "use_points": 50}).json["discounts"] == []
    assert way.short("PUT", "/orders/1", ORDER).json["result"] == "new"
    way.api = own
    assert way.short("PUT", "/orders/1", ORDER).json["result"] == "repeat"
    assert Account.objects.count() == 2


def test_a_programmes_own_clock_counts(way):
    """The demo's clock is ahead."""
    Programme.objects.update(clock_offset_s=86400 * 30)
    way.short("PUT", "/orders/1", ORDER)
    ahead = Entry.objects.get(kind="earn").effective_at - datetime.now(UTC)
    assert timedelta(days=29, hours=23) < ahead <= timedelta(days=30)


def test_a_process_has_a_dozen_connections_however_many_threads_it_has(way):
    def ask(number):
        asked = [("POST", "/quotes", CART), ("PUT", f"/orders/{number}", ORDER), ("GET", "/orders", b"")]
        method, path, body = asked[number % 3]
        assert way(method, path, body).status == 200
        return connections["default"].connection is not None

    with ThreadPoolExecutor(32) as pool:
        own = list(pool.map(ask, range(120)))
    assert not any(own)
    lanes = [lane for each in (way.busy.reading, way.busy.writing, way.busy.others) for lane in each._all]
    assert 3 <= len(lanes) <= 12


def test_a_connection_is_kept_from_one_quote_to_the_next(way):
    way.short("POST", "/quotes", CART)
    kept = way.busy.reading._all[0].connection
    way.short("POST", "/quotes", CART)
    assert way.busy.reading._all[0].connection is kept
