"""How members climb and fall, and the seasons, edited in the back-office."""

import pytest

from palier.core.period import Duration
from palier.core.programme.canonical import to_document
from tests.entrances.backoffice_ladder_shop import LADDER, fields_of, head, rules, says, steps
from tests.entrances.backoffice_shop import make_shop, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
CLIMBING = f"{LADDER}climbing/"
NEW_SEASON = f"{LADDER}seasons/new/"


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def manager(client):
    client.force_login(staff("manager"))
    return client


def edit(client, path, **changes):
    looked = client.post(path, fields_of(client.get(path), do="review", **changes))
    assert "review" in looked.context, [(box.id, box.error) for box in looked.context["boxes"].values()]
    assert client.post(path, fields_of(looked, do="save")).status_code == 302
    return looked


def seasons(shop):
    return to_document(rules(shop))["tiers"].get("schedule")


def test_window_grace_and_landing_are_typed_and_shown_back(manager, shop):
    looked = edit(
        manager, CLIMBING, window="rolling", rolling="12", rolling_unit="months", grace="30", grace_unit="days",
        landing="one_step", grace_refunds="on", discount_by="cart",
    )  # fmt: skip
    assert "The last 12 months" in says(looked)
    assert "30 days, after refunds too" in says(looked)
    tiers = rules(shop).tiers
    assert (tiers.window, tiers.rolling, tiers.grace) == ("rolling", Duration(months=12), Duration(days=30))
    assert (tiers.landing, tiers.grace_refunds, tiers.discount_by) == ("one_step", True, "cart")
    edit(manager, CLIMBING, window="lifetime", grace=None, grace_refunds=None)
    assert "window" not in to_document(rules(shop))["tiers"]


def test_another_metric_keeps_the_numbers_and_asks_to_check_them(manager, shop):
    looked = edit(manager, CLIMBING, metric="orders")
    assert "Gold: 1,000 orders" in says(looked)
    assert [tier.threshold for tier in rules(shop).tiers.ladder] == [0, 500, 1000]
    edit(manager, CLIMBING, metric="spend")
    assert steps(shop) == [("bronze", 0), ("silver", 500), ("gold", 1000)]


def test_thresholds_that_another_metric_would_make_equal_are_named(manager, shop):
    path = f"{LADDER}tiers/gold/"
    looked = manager.post(path, fields_of(manager.get(path), do="review", threshold="500.50"))
    manager.post(path, fields_of(looked, do="save"))
    page = manager.post(CLIMBING, fields_of(manager.get(CLIMBING), do="review", metric="points"))
    assert "begin at the same threshold" in says(page)


WRONG = [
    ({"window": "rolling", "rolling": None}, "rolling"),
    ({"window": "rolling", "rolling": "0"}, "rolling"),
    ({"window": "rolling", "rolling": "9999", "rolling_unit": "months"}, "rolling"),
    ({"grace": "soon"}, "grace"),
]


def test_what_is_wrong_stands_beside_its_field(manager, shop):
    for typed, field in WRONG:
        page = manager.post(CLIMBING, fields_of(manager.get(CLIMBING), do="save", **typed))
        assert page.context["boxes"][field].error, typed
    assert head(shop).published_at is not None


def test_a_season_is_added_edited_and_removed(manager, shop):
    looked = edit(
        manager, NEW_SEASON, first="2026-11-20", last="2026-12-31", at_silver="400", at_gold="800,50"
    )
    assert "Gold from €800.50 · Silver from €400.00" in says(looked)
    assert seasons(shop) == [
        {"from": "2026-11-20", "to": "2026-12-31", "thresholds": {"gold": "800.50", "silver": "400.00"}}
    ]
    shown = says(manager.get(LADDER))
    assert "20 Nov 2026 to 31 Dec 2026" in shown
    path = f"{LADDER}seasons/0/"
    edit(manager, path, at_silver=None, last=None, enabled=None)
    assert seasons(shop) == [{"from": "2026-11-20", "thresholds": {"gold": "800.50"}, "enabled": False}]
    asked = manager.post(path, {"do": "ask-remove", "base": head(shop).pk})
    assert "Season since 2026-11-20: removed" in says(asked)
    assert seasons(shop) is not None
    manager.post(path, {"do": "remove", "base": head(shop).pk})
    assert seasons(shop) is None
    assert manager.get(path).status_code == 404


def test_a_season_follows_the_threshold_when_tiers_are_placed_anew(manager, shop):
    edit(manager, NEW_SEASON, first="2026-11-20", at_gold="800")
    manager.post(LADDER, {"do": "up:silver", "base": head(shop).pk})
    assert seasons(shop)[0]["thresholds"] == {"silver": "800.00"}


NO_SEASONS = [
    ({}, "first", "From which day"),
    ({"first": "2026-12-24", "last": "2026-12-01", "at_gold": "5"}, "last", "end before it begins"),
    ({"first": "yesterday", "at_gold": "5"}, "first", "A day, please"),
    ({"first": "0001-01-01", "at_gold": "5"}, "first", "A day, please"),
    ({"first": "2026-12-01"}, "at_gold", "at least one tier"),
    ({"first": "2026-12-01", "at_gold": "x"}, "at_gold", "not a number"),
]


def test_a_season_that_says_nothing_is_not_saved(manager, shop):
    for typed, field, words in NO_SEASONS:
        page = manager.post(NEW_SEASON, fields_of(manager.get(NEW_SEASON), do="save", **typed))
        assert words in page.context["boxes"][field].error, typed
    assert head(shop).published_at is not None


def test_a_season_with_hours_keeps_them(manager, shop):
    from palier.flows.programme.publish_programme import PublishProgramme, publish_programme
    from tests.entrances.backoffice_ladder_shop import in_force

    document = in_force(shop).document
    document["tiers"]["schedule"] = [{"from": "2026-11-27T18:00:00Z", "thresholds": {"gold": "900"}}]
    publish_programme(PublishProgramme(shop.programme_id, document), now=shop.now)
    edit(manager, f"{LADDER}seasons/0/", at_gold="850")
    assert seasons(shop) == [{"from": "2026-11-27T18:00:00Z", "thresholds": {"gold": "850.00"}}]


def test_new_doubts_are_shown_before_saving(manager, shop):
    page = manager.post(
        CLIMBING, fields_of(manager.get(CLIMBING), do="review", grace="30", grace_unit="days")
    )
    assert "nothing demotes by the passing of time" in says(page)
