"""An update that tells of the delivery and not of the lines speaks in the terms of its order."""

import pytest

from palier.core.errors import CurrencyMismatch, InvalidOrder
from palier.core.messages import parse_order
from tests.flows.world import World, document


def _with_delivery(**parts):
    world = World.new(document(spend={"tax": "included", "shipping": "included"}))
    told = {"id": "1", "member": "anna", "status": "paid",
            "lines": [{"product": "mug", "total": 5000}], **parts}  # fmt: skip
    return world, world.tell(parse_order(told, currency="EUR"))[0]


def test_a_delivery_told_alone_is_in_the_prices_of_its_order(db):
    delivery = {"amount": "10.00", "tax_rate": 20}
    world, told = _with_delivery(prices="net", shipping=delivery)
    assert told.points == 5012
    alone = {"id": "1", "status": "paid", "shipping": delivery}
    assert world.later(hours=1).tell(parse_order(alone, currency="EUR"))[0].kind == "repeat"
    gross = alone | {"prices": "gross", "shipping": {"amount": "12.00", "tax_rate": 20}}
    assert world.later(hours=1).tell(parse_order(gross, currency="EUR"))[0].kind == "repeat"
    more = alone | {"shipping": {"amount": 20, "tax_rate": 20}}
    assert world.later(hours=1).tell(parse_order(more, currency="EUR"))[0].points == 12


def test_a_delivery_told_alone_is_in_the_currency_of_its_order(db):
    foreign = {"currency": "JPY", "rate": "0.01"}
    world, told = _with_delivery(**foreign, shipping={"amount": 500})
    assert told.points == 55
    alone = {"id": "1", "status": "paid", "shipping": {"amount": 500}}
    for same in (alone, alone | {"currency": "JPY"}):
        assert world.later(hours=1).tell(parse_order(same, currency="EUR"))[0].kind == "repeat"
    with pytest.raises(CurrencyMismatch, match="JPY"):
        world.tell(parse_order(alone | {"currency": "EUR"}, currency="EUR"))
    assert world.account().available == 55


def test_a_delivery_told_alone_has_no_more_decimals_than_the_currency_of_its_order(db):
    world, _ = _with_delivery(currency="JPY", rate="0.01")
    with pytest.raises(InvalidOrder) as refused:
        world.tell(parse_order({"id": "1", "status": "paid", "shipping": {"amount": "5.50"}}, currency="EUR"))
    assert refused.value.path == "shipping.amount"
