"""The widgets' API: a member's own wallet, to whoever holds the shop's token, and to nobody else."""

import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.db import OperationalError
from django_scopes import scopes_disabled

from palier.api.widget import access, views
from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
from palier.store.programmes.models import Shop as ShopRow
from tests.entrances.backoffice_shop import full_shop, make_shop, order, person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("_fresh_versions"),
    pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning"),
]
ADDRESSES = ("me", "me/movements", "me/coupons")


class Signing:
    """What a shop does: it signs tokens for its customers."""

    def __init__(self, shop):
        self.shop = shop
        self.secret = change_widget_secret(ChangeWidgetSecret(shop.shop_id), now=datetime.now(UTC))
        with scopes_disabled():
            self.issuer = ShopRow.objects.get(pk=shop.shop_id).public_id

    def token(self, customer="C-1001", *, secret=None, algorithm="HS256", life_s=600, ago_s=0, **claims):
        at = int(datetime.now(UTC).timestamp()) - ago_s
        said = {"iss": self.issuer, "sub": customer, "aud": "palier-widget", "iat": at, "exp": at + life_s}
        said = {name: value for name, value in {**said, **claims}.items() if value is not None}
        return jwt.encode(said, self.secret if secret is None else secret, algorithm)


@pytest.fixture
def signing():
    return Signing(full_shop())


def ask(client, token, address="me", **query):
    return client.get(f"/widget/v1/{address}", query, HTTP_AUTHORIZATION=f"Bearer {token}")


def test_wid_1_the_member_sees_spend_threshold_rest_percent_points_and_their_worth(client, signing):
    answer = ask(client, signing.token(), language="fr")
    display = answer.json()["display"]
    assert display["bar"] == {
        "label": "Votre progression vers Or",
        "text": "674,90\u00a0€ sur 1\u202f000\u00a0€, encore 325,10\u00a0€ pour Or",
        "value": 67490,
        "max": 100000,
        "percent": "67\u00a0%",
    }
    assert display["tier"] == "Argent"
    member = answer.json()["member"]
    assert display["points"] == f"{member['points']['available']}\u00a0points"
    assert display["worth"] == "= " + f"{member['points']['worth']}".replace(".", ",") + "\u00a0€"
    assert any("12\u00a0points à venir le" in line for line in display["lines"])
    assert answer["Content-Language"] == "fr"


def test_wid_2_the_highest_tier_has_a_full_bar_and_no_division(client, signing):
    bar = ask(client, signing.token("C-1002"), language="de").json()["display"]["bar"]
    assert (bar["value"], bar["max"], bar["text"]) == (1, 1, "Höchste Stufe erreicht")


def test_wid_2_without_tiers_there_is_no_bar(client, signing, document_without_tiers):
    document_without_tiers(signing.shop)
    display = ask(client, signing.token()).json()["display"]
    assert display["bar"] is None
    assert display["tier"] == ""


@pytest.fixture
def document_without_tiers():
    from palier.flows.programme.publish_programme import PublishProgramme, publish_programme

    def publish(shop):
        document = {"format": 1, "name": "Plain", "currency": "EUR", "earning": []}
        publish_programme(PublishProgramme(shop.programme_id, document), now=datetime.now(UTC))

    return publish


def test_wid_3_the_language_is_the_asked_one_else_the_tokens_the_members_the_pages(client, signing):
    def language(token, **query):
        return ask(client, token, **query).json()["display"]["language"]

    assert language(signing.token("C-1002", lang="en"), language="fr-CA") == "fr"
    assert language(signing.token("C-1002", lang="en")) == "en"
    assert language(signing.token("C-1002"), page="en") == "de"
    assert language(signing.token("never-seen"), page="de") == "de"
    assert language(signing.token("never-seen")) == "fr"


@pytest.mark.parametrize("address", ADDRESSES)
def test_wid_4_no_token_but_the_shops_own_opens_anything(client, signing, address):
    other = Signing(make_shop("Another"))
    bad = {
        "none": "",
        "nonsense": "a.b.c",
        "another secret": signing.token(secret="x" * 43),
        "another shop's": signing.token(iss=other.issuer),
        "unsigned": signing.token(secret="", algorithm="none"),
        "another algorithm": signing.token(algorithm="HS512"),
        "another audience": signing.token(aud="palier"),
        "over": signing.token(ago_s=700),
        "not yet": signing.token(ago_s=-60),
        "too long": signing.token(life_s=901),
        "without end": signing.token(exp=None),
        "without beginning": signing.token(iat=None),
        "nobody's": signing.token(customer=None),
        "an end that is no whole number": signing.token(exp=1.5e9),
        "a zero byte": signing.token(iss="\0"),
        "half a character": signing.token(iss="\ud800"),
        "half a customer": signing.token("\ud800"),
        "a customer of two lines": signing.token("a\nb"),
    }
    answers = {name: ask(client, token, address) for name, token in bad.items()}
    assert {name for name, answer in answers.items() if answer.status_code != 401} == set()
    assert len({answer.content for answer in answers.values()}) == 1
    assert answers["none"]["Content-Type"] == "application/problem+json"


def test_wid_4_the_secret_can_be_changed_without_a_gap(client, signing):
    old = signing.token()
    change_widget_secret(ChangeWidgetSecret(signing.shop.shop_id), now=datetime.now(UTC))
    assert ask(client, old).status_code == 200
    change_widget_secret(ChangeWidgetSecret(signing.shop.shop_id), now=datetime.now(UTC))
    assert ask(client, old).status_code == 401


@pytest.mark.parametrize("address", ADDRESSES)
def test_wid_7_no_cache_keeps_an_answer_and_every_page_may_ask(client, signing, address):
    for answer in (ask(client, signing.token(), address), ask(client, "bad", address)):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        assert not answer.cookies
    before = client.options(f"/widget/v1/{address}", HTTP_ORIGIN="https://shop.example")
    assert (before.status_code, before["Access-Control-Allow-Headers"]) == (
        204,
        "authorization, content-type",
    )


def test_a_look_costs_eight_statements_however_long_the_history(
    client, signing, django_assert_max_num_queries
):
    token = signing.token("C-1002")  # two hundred coupons
    ask(client, token)
    with django_assert_max_num_queries(8):
        ask(client, token)


def test_a_session_of_the_back_office_opens_no_wallet(admin_client, signing):
    assert admin_client.get("/widget/v1/me").status_code == 401


def test_the_history_is_told_in_the_members_language_and_pages(client, signing):
    person(signing.shop, "C-1009", "Käthe Groß", language="de")
    for number in range(25):
        order(signing.shop, f"N{number}", "C-1009", 1000 + number, days_ago=2)
    first = ask(client, signing.token("C-1009"), "me/movements").json()
    assert len(first["movements"]) == 20
    assert first["movements"][0]["title"].startswith("Bestellung N")
    assert "Punkte" in first["movements"][0]["sentences"][0]
    second = ask(client, signing.token("C-1009"), "me/movements", before=first["next"]).json()
    assert second["next"] is None
    ids = [each["id"] for each in (*first["movements"], *second["movements"])]
    assert len(ids) == len(set(ids)) == 25
    assert ids == sorted(ids, reverse=True)
    assert ask(client, signing.token(), "me/movements", before="-1").status_code == 422


def test_a_member_sees_their_own_coupons_with_their_codes(client, signing):
    listed = ask(client, signing.token("C-1001"), "me/coupons").json()["coupons"]
    assert {each["state"] for each in listed} <= {"issued", "reserved", "used", "expired", "cancelled"}
    assert [bool(each["code"]) for each in listed] == [
        each["state"] in ("issued", "reserved") for each in listed
    ]


def test_a_customer_never_seen_has_an_empty_wallet(client, signing):
    told = ask(client, signing.token("never-seen"), language="en").json()
    assert told["display"]["points"] == "0 points"
    assert told["display"]["worth"] == ""
    assert ask(client, signing.token("never-seen"), "me/movements").json()["movements"] == []


def test_a_customer_id_is_the_shops_own(client, signing):
    """The same id in another shop is another person."""
    other = Signing(make_shop("Another"))
    person(other.shop, "C-1001", "Somebody Else")
    assert ask(client, other.token()).json()["member"]["spend"] == "0.00"
    assert ask(client, signing.token()).json()["member"]["spend"] == "674.90"


def test_only_reading_is_answered(client, signing):
    answer = client.post("/widget/v1/me", HTTP_AUTHORIZATION=f"Bearer {signing.token()}")
    assert answer.status_code == 405
    assert json.loads(answer.content)["code"] == "method_not_allowed"


def test_the_programmes_clock_counts_not_the_worlds(client, signing):
    from palier.store.programmes.models import Programme

    Programme.objects.filter(pk=signing.shop.programme_id).update(
        clock_offset_s=int(timedelta(days=30).total_seconds())
    )
    lines = ask(client, signing.token(), language="en").json()["display"]["lines"]
    assert [line for line in lines if "to come" in line] == []


def test_the_script_is_cached_and_open_to_every_page(client):
    answer = client.get("/widget/palier.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"].startswith("public, max-age=3600")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert b"palier-progress" in answer.content
    again = client.get("/widget/palier.js", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")


CART = {"lines": [{"product": "tea", "price": "20.00"}], "coupons": ["NOBODYKNOWS1"]}


def quote(client, token, body=CART, **query):
    address = "/widget/v1/quotes" + (f"?language={query['language']}" if query else "")
    return client.post(
        address, json.dumps(body), content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {token}"
    )


def test_a_cart_is_priced_for_the_member_of_the_token_and_told(client, signing):
    answer = quote(client, signing.token(), language="fr")
    assert answer["Cache-Control"] == "private, no-store"
    told = answer.json()
    assert told["quote"]["earns"] == 20
    assert told["words"]["earns"] == "Vous gagnerez 20\u00a0points."
    assert "NOBODYKNOWS1" in told["words"]["refused"][0]
    assert quote(client, signing.token(), {"lines": []}).status_code == 422
    assert quote(client, signing.token(), {"lines": 1.5, "x": 2}).json()["code"] == "invalid_cart"


def test_wid_4_nobody_prices_a_cart_for_somebody_else(client, signing):
    """Whether there is such a customer or not, the answer is the same."""
    answers = [quote(client, signing.token(), {**CART, "member": other}) for other in ("C-1002", "nobody")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert quote(client, signing.token(), {**CART, "member": "C-1001"}).status_code == 200


def test_codes_cannot_be_guessed_by_asking_often(client, signing):
    from palier.api import limits

    limits.forget()
    guesses = [
        quote(client, signing.token("C-1003"), {**CART, "coupons": [f"GUESS{number:07}"]})
        for number in range(14)
    ]
    assert guesses[0].status_code == 200
    assert guesses[-1].status_code == 429


def test_a_database_that_is_away_is_told_as_such_to_any_page(client, signing, monkeypatch):
    def away(*_, **__):
        raise OperationalError("connection refused; password=secret")

    monkeypatch.setattr(access, "load_widget_secrets", away)
    for address in ADDRESSES:
        answer = ask(client, signing.token(), address)
        assert (answer.status_code, answer["Retry-After"]) == (503, "1")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "secret" not in answer.content.decode()


def test_a_cart_that_is_too_large_is_a_problem_that_the_page_may_read(client, signing, caplog):
    said = b'{"lines": "' + b"x" * 3_000_000 + b'"}'
    answer = client.post(
        "/widget/v1/quotes", said, "application/json", headers={"Authorization": f"Bearer {signing.token()}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "/widget" not in caplog.text


def test_an_address_where_nothing_is_and_a_mistake_of_ours_are_problems_too(client, signing, monkeypatch):
    nothing = ask(client, signing.token(), "me/nothing")
    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")

    def fail(*_arguments, **_named):
        raise RuntimeError("the inside of it")

    monkeypatch.setattr(views, "read_member", fail)
    failed = ask(client, signing.token())
    assert (failed.status_code, failed.json()["code"]) == (500, "internal_error")
    for answer in (nothing, failed):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert b"inside" not in answer.content
