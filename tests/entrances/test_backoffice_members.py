"""The list of members: found, filtered, sorted, in pages, at a constant price."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.entrances.backoffice_shop import LONG_NAME, full_shop, make_shop, order, person, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
LIST = "/admin/members/"


@pytest.fixture
def found(client):
    """Names that the list shows for these parameters, in their order."""
    client.force_login(staff("read-only"))

    def ask(**parameters):
        rows = client.get(LIST, parameters).context["rows"]
        return [row.name or row.email or row.customers[0] for row in rows]

    return ask


@pytest.mark.parametrize(
    "query", ["elodie", "ÉLODIE", "lefevre", "Lefèvre Élodie", "ELODIE@EXAMPLE", "C-1001", "odie"]
)
def test_a_member_is_found_without_accents_or_case(found, query):
    full_shop()
    assert found(q=query) == ["Élodie Lefèvre"]


@pytest.mark.parametrize("query", ["gross", "GROSS", "Groß", "jurgen gr"])
def test_sharp_s_and_umlauts_are_folded_too(found, query):
    full_shop()
    assert found(q=query) == ["Jürgen Groß"]


@pytest.mark.parametrize("query", ["zzz", "elodie gross", "%", "_", "'; --", "\0"])
def test_what_matches_nobody_finds_nobody(found, query):
    full_shop()
    expected = 6 if query == "\0" else 0
    assert len(found(q=query)) == expected


def test_the_start_of_a_customer_number_is_enough(found):
    full_shop()
    assert len(found(q="C-100")) == 6


def test_tiers_narrow_the_list(found):
    full_shop()
    assert found(tier="gold") == ["Jürgen Groß"]
    assert found(tier="silver") == ["Élodie Lefèvre", LONG_NAME]
    assert found(tier="-") == []
    assert found(tier="no-such") == []


def test_the_list_is_sorted_by_what_was_asked_for(found):
    full_shop()
    assert found()[0] == "Jürgen Groß"
    assert found(sort="points")[0] == "Élodie Lefèvre"
    assert found(sort="last_order")[:2] == ["C-1006", "Élodie Lefèvre"]
    assert found(sort="last_order", order="rising")[0] == LONG_NAME
    assert found(sort="no-such") == found()


def test_pages_hold_fifty_and_never_overlap(found):
    shop = make_shop()
    for number in range(60):
        person(shop, f"C{number}", f"Member {number:02}")
    first, second = found(), found(page="2")
    assert (len(first), len(second)) == (50, 10)
    assert set(first).isdisjoint(second)
    assert found(page="99") == second
    assert found(page="x") == first


@pytest.mark.parametrize("parameters", [{}, {"q": "member"}, {"sort": "last_order"}, {"tier": "bronze"}])
def test_the_list_costs_the_same_however_long_it_is(client, parameters):
    shop = make_shop()
    person(shop, "C-a", "Member A")
    order(shop, "A", "C-a", 1000, days_ago=1)
    client.force_login(staff("read-only"))
    client.get(LIST, parameters)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(LIST, parameters)
    for number in range(20):
        person(shop, f"C{number}", f"Member {number:02}")
        order(shop, f"B{number}", f"C{number}", 1000, days_ago=1)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST, parameters)
    assert len(many) == len(few)
    assert len(many) <= 12


def test_an_empty_list_says_why(client):
    make_shop()
    client.force_login(staff("read-only"))
    assert "There are no members yet" in client.get(LIST).content.decode()
    assert "Nobody matches" in client.get(LIST, {"q": "x"}).content.decode()
