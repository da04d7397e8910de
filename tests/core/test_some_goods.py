"""When a later bracket may give less than the one before it, depending on the goods."""

import pytest

from palier.core.plan import compile_plan
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.some_goods import turns_of

MUGS, TEES = "lines: {products: [mug]}", "lines: {products: [tee]}"
TEXT = "{name: A, currency: EUR, first_order: {brackets: [{from: 0, %s}, {from: 50, %s}]}%s}"


def turns(before, after, more=""):
    plan = compile_plan(parse(load_yaml(TEXT % (before, after, more))))
    return [(turn.path, turn.lost, turn.kept) for turn in turns_of(plan)]


@pytest.mark.parametrize(
    ("before", "after", "is_sure"),
    [
        ("percent: 10", "percent: 10", True),
        ("percent: 10", "percent: 9.99", False),
        ("percent: 10", "percent: 11", True),
        ("percent: 10, max: 20", "percent: 10, max: 20", True),
        ("percent: 10, max: 20", "percent: 10, max: 19.99", False),
        ("percent: 10, max: 20", "percent: 10, max: 30", True),
        ("percent: 10, max: 20", "percent: 10", True),
        ("percent: 10", "percent: 20, max: 20", False),
        ("amount: 5", "amount: 5", True),
        ("amount: 5", "amount: 4.99", False),
        ("amount: 5", "amount: 6", True),
        ("percent: 10, max: 5", "amount: 5", True),
        ("percent: 10, max: 5.01", "amount: 5", False),
        ("percent: 10", "amount: 5", False),
        ("amount: 5", "percent: 90", False),
    ],
)
def test_a_later_bracket_of_the_same_goods_is_sure_only_when_it_gives_as_much_whatever_the_cart(
    before, after, is_sure
):
    one, other = (f"discount: {{{each}, {MUGS}}}" for each in (before, after))
    assert (turns(one, other) == []) is is_sure
    if not is_sure:
        assert turns(one, other) == [("first_order.brackets", "first_order", "first_order")]


@pytest.mark.parametrize(
    ("before", "after", "is_sure"),
    [
        (f"discount: {{percent: 10, {MUGS}}}", f"discount: {{percent: 50, {TEES}}}", False),
        (f"discount: {{percent: 10, {MUGS}}}", "discount: {percent: 10}", True),
        ("discount: {percent: 10}", f"discount: {{percent: 50, {MUGS}}}", False),
        (f"discount: {{percent: 10, {MUGS}}}", "free_shipping: all", False),
        ("free_shipping: all", f"discount: {{percent: 10, {MUGS}}}, free_shipping: all", True),
        ("free_shipping: all", f"discount: {{percent: 10, {MUGS}}}, free_shipping: [post]", False),
        ("free_shipping: [post]", f"discount: {{percent: 10, {MUGS}}}, free_shipping: [post, relay]", True),
        ("gift: {product: pin}", f"discount: {{percent: 10, {MUGS}}}", True),
    ],
)
def test_other_goods_and_a_delivery_that_is_lost_are_less(before, after, is_sure):
    assert (turns(before, after) == []) is is_sure


def test_nothing_is_told_of_programmes_whose_discounts_are_for_every_cart():
    assert turns("discount: {percent: 10}", "discount: {percent: 5}") == []


def test_what_comes_first_drives_out_what_it_cannot_be_combined_with():
    segment = ", segments: [{id: s, where: {}, brackets: [{from: 0, discount: {percent: 3}}]}]"
    first = f"discount: {{percent: 5, {MUGS}}}"
    driven = ("segments[0].brackets", "first_order", "segment:s")
    assert driven in turns(first, first, segment)
    assert driven not in turns(first, first, segment + ", combine: [[segment, first_order]]")
    assert driven not in turns(first, first, segment + ", conflict: best")
    turned = ("first_order.brackets", "segment:s", "first_order")
    assert turned not in turns(first, first, segment)
    assert turned in turns(first, first, segment + ", priority: [first_order, segment]")
