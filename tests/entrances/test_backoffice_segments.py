"""The page of segments: who belongs to each in words, how many there are, and which members."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.entrances.backoffice_cart_shop import cart_shop
from tests.entrances.backoffice_shop import LONG_NAME, make_shop, order, person, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
PAGE = "/admin/segments/"


@pytest.fixture
def signed_in(client):
    client.force_login(staff("read-only"))
    return client


def test_each_segment_counts_who_matches_and_for_whom_it_is_the_first(signed_in):
    cart_shop()
    shown = signed_in.get(PAGE).context["segments"]
    assert [(each.id, each.count and (each.count.matching, each.count.first)) for each in shown] == [
        ("pros", (0, 0)),
        ("regulars", (1, 1)),
        ("sleepy", (3, 3)),
        ("old-idea", None),
        ("staff", (1, 0)),
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ["Businesses in Paris", "Is a company", "Delivery city Paris", "Free delivery", "Switched off"],
        ),
        (
            "fr",
            [
                "Professionnels parisiens",
                "Est une entreprise",
                "À partir de 20\N{NO-BREAK SPACE}€\N{NO-BREAK SPACE}: remise de",
            ],
        ),
        (
            "de",
            [
                "Pariser Geschäftskunden",
                "Ist eine Firma",
                "länger als 6 Monate her",
                "keinen Vorteil der ersten",
            ],
        ),
    ],
)
def test_a_segment_is_told_in_the_viewers_language(signed_in, language, words):
    cart_shop()
    page = signed_in.get(PAGE, HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert [word for word in words if word not in page] == []


def test_a_number_leads_to_the_members_whom_it_counts(signed_in):
    cart_shop()
    page = signed_in.get(PAGE).content.decode()
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/admin/members/\?[^"]*)"', page)]
    assert links == [
        "/admin/members/?segment=regulars",
        "/admin/members/?segment=regulars&place=first",
        "/admin/members/?segment=sleepy",
        "/admin/members/?segment=sleepy&place=first",
        "/admin/members/?segment=staff",
    ]
    found = [[row.name for row in signed_in.get(link).context["rows"]] for link in links]
    assert found[0] == found[1] == ["Élodie Lefèvre"]
    assert found[2] == found[3] == ["Jürgen Groß", "Nina Neu", LONG_NAME]
    assert found[4] == [LONG_NAME]


def test_the_list_of_a_segment_is_searched_sorted_and_paged_like_any_other(signed_in):
    shop = cart_shop()
    for number in range(55):
        person(shop, f"N{number}", f"Neu {number:02}")
    asked = {"segment": "sleepy", "place": "first"}
    page = signed_in.get("/admin/members/", asked)
    assert page.context["shown"].paginator.count == 58
    assert len(signed_in.get("/admin/members/", {**asked, "page": 2}).context["rows"]) == 8
    assert [row.name for row in signed_in.get("/admin/members/", {**asked, "q": "nina"}).context["rows"]] == [
        "Nina Neu"
    ]
    assert '<option value="sleepy" selected>' in page.content.decode()
    for nobody in ("no-such", "old-idea", "' OR 1=1 --", "é" * 300):
        assert list(signed_in.get("/admin/members/", {"segment": nobody}).context["rows"]) == []


def test_a_programme_without_segments_says_so(signed_in):
    make_shop()
    assert "The programme has no segments" in signed_in.get(PAGE).content.decode()
    assert 'id="segment"' not in signed_in.get("/admin/members/").content.decode()


def test_the_page_costs_the_same_however_many_members_there_are(signed_in):
    shop = cart_shop()
    signed_in.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        signed_in.get(PAGE)
    for number in range(20):
        person(shop, f"N{number}", f"Neu {number:02}")
        order(shop, f"O{number}", f"N{number}", 1000, days_ago=1)
    with CaptureQueriesContext(connection) as many:
        signed_in.get(PAGE)
    assert len(many) == len(few)
    assert len(many) <= 8


def test_only_the_chosen_programmes_members_are_counted(signed_in):
    cart_shop()
    other = make_shop("Zollhaus")
    person(other, "Z", "Zoe")
    shown = {each.id: each.count for each in signed_in.get(PAGE).context["segments"]}
    assert shown["sleepy"].matching == 3
