"""What a shop says about a product, read strictly."""

import pytest

from palier.core.product import InvalidProduct, ProductFacts, parse_product


def parsed(currency="EUR", **message):
    return parse_product("mug", message, currency=currency)


def problem(**message):
    with pytest.raises(InvalidProduct) as refused:
        parsed(**message)
    return str(refused.value.path), str(refused.value)


def test_a_product_may_say_nothing_but_its_id():
    assert parsed() == ProductFacts("mug")


def test_everything_that_a_product_may_say():
    assert parsed(
        name={"fr": "Tasse", "de": "Becher"},
        url="https://shop.example/mug",
        image="http://shop.example/mug.jpg",
        price="12.50",
        categories=["home", "summer", "home"],
    ) == ProductFacts(
        "mug", (("fr", "Tasse"), ("de", "Becher")), "https://shop.example/mug", "http://shop.example/mug.jpg", 1250,
        "EUR", ("home", "summer"),
    )  # fmt: skip


def test_a_name_without_a_language_is_for_all_of_them():
    assert parsed(name="Mug").names == (("", "Mug"),)


def test_a_price_is_in_the_currency_that_it_names():
    assert (parsed(price=500).price_minor, parsed(price=500).currency) == (50000, "EUR")
    told = parse_product("mug", {"price": 500, "currency": "JPY"}, currency="EUR")
    assert (told.price_minor, told.currency) == (500, "JPY")
    assert parse_product("mug", {"currency": "JPY"}, currency="EUR").currency == ""


def test_a_currency_that_there_is_not_is_refused():
    with pytest.raises(InvalidProduct):
        parse_product("mug", {"price": 5, "currency": "XXX"}, currency="EUR")
    with pytest.raises(InvalidProduct):
        parse_product("mug", {"price": 5, "currency": 7}, currency="EUR")
    with pytest.raises(InvalidProduct):
        parse_product("mug", "nonsense", currency="EUR")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://x", "shop.example", "x https://"])
def test_an_address_that_is_none_of_the_web_is_refused(address):
    assert problem(url=address)[0] == "url"


def test_an_empty_address_takes_it_away_and_a_long_one_is_refused():
    assert parsed(url="").url == ""
    assert parsed(url="https://" + "a" * 1992).url
    assert problem(url="https://" + "a" * 1993)[0] == "url"


def test_limits_of_names_and_categories():
    languages = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    assert len(parsed(name=dict.fromkeys(languages[:50], "x")).names) == 50
    assert problem(name=dict.fromkeys(languages[:51], "x"))[0] == "name"
    assert problem(name={"fr": "", "de": "Becher"})[0].startswith("name")
    assert problem(categories=[str(i) for i in range(1000)])[0] == "categories"
    assert problem(colour="red")[0] == "colour"
