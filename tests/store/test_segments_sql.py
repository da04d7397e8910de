"""Segments asked of the database and segments asked of one member say the same, on both databases."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.core.account import AccountState, LastOrder
from palier.core.member import MemberFacts
from palier.core.period import Duration
from palier.core.programme.kinds import fold_city
from palier.core.programme.values import (
    Ago,
    Bounds,
    Fact,
    LineFilter,
    Programme,
    Segment,
    Tier,
    Tiers,
    Where,
)
from palier.core.segments import SegmentFacts, groups_held, matching
from palier.core.values import replace
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.read_member import read_account
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.store.members.load import read_by_id
from palier.store.members.models import Account, Profile
from palier.store.members.segments import Count, count_segment, count_segments, list_segment
from palier.store.members.state import state_to_json
from palier.store.orders.models import Order, OrderLine
from palier.store.orders.purchases import load_purchases
from tests.flows.world import DOCUMENT, START, World, document, line

pytestmark = pytest.mark.django_db

CITIES = ["", "Paris", "  SAINT-étienne ", "saint etienne", "L’Haÿ-les-Roses", "Straße", "ZÜRICH"]
WORDS = ["a", "b", "c d", "é", "%"]
LANGUAGES = ["", "fr", "fr-CA", "de", "de-AT-1901", "en"]
NUMBERS = [0, 1, 2, 5, 100, 10**12]
NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
LADDER = Programme(
    "Demo", "EUR", timezone="Europe/Paris",
    tiers=Tiers((Tier("a", 0), Tier("b", 1, group="a"), Tier("c d", 2, group="é"), Tier("é", 3, group="b"))),
)  # fmt: skip
DURATIONS = [
    Duration(days=30), Duration(months=1), Duration(months=1, days=1), Duration(months=12), Duration(seconds=3600),
    Duration(),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture
def people(world):
    """Members of every kind, and two who do not count any more."""
    random, ids = Random(8), count(1)
    for _ in range(90):
        _member(world, random, ids)
    gone = list(Account.objects.order_by("id")[:2])
    Account.objects.filter(pk=gone[0].pk).update(merged_into=gone[1])
    Account.objects.filter(pk=gone[1].pk).update(erased_at=NOW)
    return world.programme_id


@pytest.fixture
def world(db):
    return World.new()


def _instant(random):
    back = random.choice([Duration(days=30), Duration(months=1), Duration(months=12)])
    days = back.days + 30 * back.months + random.randint(-2, 2)
    return NOW - timedelta(days=days, minutes=random.randint(-90, 90), microseconds=random.randint(0, 2))


def _member(world, random, ids):
    last = LastOrder(
        _instant(random), random.choice(CITIES), random.choice(["", "FR", "BE"]), random.choice(["", *WORDS]),
        random.choice(["", *WORDS]),
    )  # fmt: skip
    state = AccountState(0, START, last_order=last if random.random() < 0.8 else None)
    account = Account.objects.create(
        programme_id=world.programme_id, public_id=f"m{next(ids)}", created_at=START, caught_up_at=START,
        available=random.choice(NUMBERS), orders=random.choice(NUMBERS[:4]), spend_minor=random.choice(NUMBERS),
        tier=random.choice(["", *WORDS]), state=state_to_json(state),
    )  # fmt: skip
    if random.random() < 0.8:
        Profile.objects.create(
            account=account, language=random.choice(LANGUAGES), is_company=random.random() < 0.5,
            groups=random.sample(WORDS, random.randint(0, 2)), tags=random.sample(WORDS, random.randint(0, 2)),
            born=random.choice([None, date(2008, 3, 28), date(2008, 3, 29), date(2008, 3, 30), date(2008, 2, 29)]),
            signed_up_at=random.choice([None, _instant(random)]),
        )  # fmt: skip
    for owner in (account, None):
        for _ in range(random.randint(0, 2)):
            order = Order.objects.create(
                programme_id=world.programme_id, shop_id=world.shop_id, account=owner, external_id=f"o{next(ids)}",
                recorded_at=START, counts=random.random() < 0.7,
            )  # fmt: skip
            OrderLine.objects.create(
                order=order, position=0, line_id="1", product=random.choice(WORDS), quantity=1, amount_minor=1,
                categories=random.sample(WORDS, random.randint(0, 2)),
            )  # fmt: skip


def _some(values):
    return st.frozensets(st.sampled_from(values), min_size=1, max_size=3)


def _facts():
    bounds = st.builds(Bounds, st.sampled_from([None, *NUMBERS]), st.sampled_from([None, *NUMBERS]))
    spans = st.sampled_from(DURATIONS)
    agos = st.one_of(st.builds(lambda d: Ago(within=d), spans), st.builds(lambda d: Ago(before=d), spans))
    born = st.sampled_from(
        [Ago(within=Duration(months=216)), Ago(before=Duration(months=216)), Ago(before=Duration())]
    )
    goods = st.one_of(
        st.builds(lambda p: LineFilter(products=p), _some([*WORDS, "no-such"])),
        st.builds(lambda c: LineFilter(categories=c), _some([*WORDS, "no-such"])),
        st.builds(LineFilter, _some(WORDS), _some(WORDS)),
    )
    words = st.sampled_from(["carrier", "payment_method", "tier", "group", "tags"])
    return st.one_of(
        st.builds(Fact, st.just("company"), st.booleans()),
        st.builds(Fact, st.sampled_from(["orders", "spend", "points"]), bounds),
        st.builds(Fact, st.sampled_from(["last_order", "signed_up"]), agos),
        st.builds(Fact, st.just("born"), born),
        st.builds(Fact, st.just("bought"), goods),
        st.builds(Fact, words, _some(WORDS)),
        st.builds(Fact, st.just("language"), _some(["fr", "fr-CA", "de", "de-AT"])),
        st.builds(Fact, st.just("delivery_country"), _some(["FR", "BE", "DE"])),
        st.builds(Fact, st.just("delivery_city"), _some([fold_city(city) for city in CITIES if city])),
    )


WHERES = st.recursive(
    _facts(),
    lambda inner: st.one_of(
        st.builds(Where, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3).map(tuple)),
        st.builds(lambda part: Where("not", (part,)), inner),
    ),
    max_leaves=8,
)
NOWS = st.one_of(st.just(NOW), st.integers(-4000, 4000).map(lambda minutes: NOW + timedelta(minutes=minutes)))


def _facts_of(account_id):
    account = read_by_id(account_id)
    state, last = account.state, account.state.last_order
    products, categories = load_purchases(account_id)
    facts = SegmentFacts(
        company=account.is_company, orders=state.totals.orders, spend_minor=state.totals.spend_minor,
        points=state.totals.available, signed_up=account.signed_up_at, bought_products=products,
        bought_categories=categories, tier=state.tier, groups=groups_held(LADDER, account.groups, state.tier),
        language=account.language, born=account.born, tags=frozenset(account.tags),
    )  # fmt: skip
    if last is None:
        return facts
    return replace(
        facts, last_order=last.at, delivery_city=last.city, delivery_country=last.country, carrier=last.carrier,
        payment_method=last.payment_method,
    )  # fmt: skip


def test_the_database_finds_whom_the_core_matches(people):
    present = Account.objects.filter(merged_into=None, erased_at=None).order_by("id")
    facts = {account_id: _facts_of(account_id) for account_id in present.values_list("id", flat=True)}

    @given(st.lists(st.tuples(WHERES, st.booleans()), min_size=1, max_size=4), NOWS)
    @settings(max_examples=250)
    def agree(wheres, now):
        segments = tuple(
            Segment(f"s{i}", where, enabled=enabled) for i, (where, enabled) in enumerate(wheres)
        )
        programme = replace(LADDER, segments=segments)
        found = {id: matching(programme, each, now=now) for id, each in facts.items()}
        counts = count_segments(people, programme, now=now)
        assert list(counts) == [segment.id for segment in segments if segment.enabled]
        for segment in segments:
            expected = [id for id, ids in found.items() if segment.id in ids]
            firsts = [id for id, ids in found.items() if ids[:1] == (segment.id,)]
            asked = (people, programme, segment.id)
            assert list_segment(*asked, now=now, limit=1000) == expected
            assert list_segment(*asked, now=now, limit=1000, is_first=True) == firsts
            if segment.enabled:
                assert counts[segment.id] == Count(len(expected), len(firsts))
        last = segments[-1].id
        assert count_segment(people, programme, last, now=now, is_first=True) == len(firsts)

    agree()


def test_every_question_is_one_statement_and_nobody_asks_twice(people):
    everybody = Segment("all", Where("all", ()))
    vip = Segment("vip", Fact("tags", frozenset({"a"})))
    programme = Programme("Demo", "EUR", segments=(vip, everybody))
    for ask in (
        lambda: count_segments(people, programme, now=NOW),
        lambda: count_segment(people, programme, "all", now=NOW),
        lambda: list_segment(people, programme, "all", now=NOW),
    ):
        with CaptureQueriesContext(connection) as queries:
            ask()
        assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert count_segments(people, Programme("Demo", "EUR"), now=NOW) == {}
    assert len(queries) == 0


def test_pages_of_members_follow_each_other(people):
    programme = Programme("Demo", "EUR", segments=(Segment("all", Where("all", ())),))
    whole = list_segment(people, programme, "all", now=NOW, limit=1000)
    assert len(whole) == 88
    first = list_segment(people, programme, "all", now=NOW, limit=50)
    second = list_segment(people, programme, "all", now=NOW, after=first[-1], limit=50)
    assert first + second == whole
    assert list_segment(people, programme, "no-such", now=NOW) == []


def test_a_condition_of_very_many_parts_is_asked_all_the_same(people):
    """SQLite bounds the depth of an expression."""
    parts = tuple(Fact("orders", Bounds(number, number)) for number in range(3000))
    programme = Programme("Demo", "EUR", segments=(Segment("wide", Where("any", parts)),))
    assert count_segment(people, programme, "wide", now=NOW) == 88


def test_a_state_that_was_written_without_the_folded_city_is_found_too(people):
    account = Account.objects.filter(merged_into=None, erased_at=None).first()
    account.state = {"last_order": [0, "SAINT-Etienne", "FR", "", ""]}
    account.save()
    programme = Programme(
        "Demo", "EUR", segments=(Segment("s", Fact("delivery_city", frozenset({"saint etienne"}))),)
    )
    assert account.pk in list_segment(people, programme, "s", now=NOW, limit=1000)


SEGMENTS = [
    {"id": "paris", "where": {"delivery_city": "saint etienne"}},
    {"id": "mugs", "where": {"all": [{"bought": {"products": ["mug"]}}, {"points": {"from": 100}}]}},
    {"id": "new", "where": {"not": {"orders": {"from": 1}}}},
]


def test_what_the_flows_wrote_is_found(world):
    from palier.core.order import Delivery

    world.publish(document(segments=SEGMENTS))
    world.pay("1", 100, customer="anna", delivery=Delivery("Saint-Étienne", "FR"))
    world.pay("2", 50, customer="bea", lines=(line(50, product="tea"),))
    register_members(RegisterMembers(world.shop_id, (MemberFacts("carl"),)), now=world.now)
    programme = read_account(world.id_of("anna"), world.programme_id, now=world.now).programme
    counts = count_segments(world.programme_id, programme, now=world.now)
    assert counts == {"paris": Count(1, 1), "mugs": Count(1, 0), "new": Count(1, 1)}
    for customer in ("anna", "bea", "carl"):
        view = read_account(world.id_of(customer), world.programme_id, now=world.now)
        found = tuple(
            each["id"]
            for each in SEGMENTS
            if view.account_id in list_segment(world.programme_id, programme, each["id"], now=world.now)
        )
        assert found == view.segments
    erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
    assert count_segments(world.programme_id, programme, now=world.now)["paris"] == Count(0, 0)


def test_another_programmes_members_are_not_counted(world):
    world.pay("1", 100)
    other = World.new({**DOCUMENT, "name": "Other"}, slug="other")
    programme = Programme("Demo", "EUR", segments=(Segment("all", Where("all", ())),))
    assert count_segment(other.programme_id, programme, "all", now=START) == 0
    assert count_segment(world.programme_id, programme, "all", now=START) == 1
