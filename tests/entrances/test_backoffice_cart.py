"""A cart to try: composed line by line, quoted with every why, and forgotten."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from palier.flows.members.erase_member import EraseMember, erase_member
from palier.store.models import Account, Entry, Intent, Order
from tests.entrances.backoffice_cart_shop import cart_shop
from tests.entrances.backoffice_shop import make_shop, person, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
PAGE = "/admin/cart/"
TEA = {"product": ["tea"], "quantity": ["2"], "price": ["100.50"]}


@pytest.fixture
def support(client):
    client.force_login(staff("support"))
    return client


def errors_of(answer):
    return {box.id: box.error for box in answer.context["form"].errors}


def values_of(answer):
    form = answer.context["form"]
    boxes = [box for line in form.lines for box in line.boxes.values()]
    return {box.id: box.value for box in [*boxes, *form.boxes.values()]}


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("manager", 200), ("support", 200), ("read-only", 403)]
)
def test_support_and_up_try_carts(client, role, status):
    shop = cart_shop()
    client.force_login(staff(role))
    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, {**TEA, "do": "quote"}).status_code == status
    home = client.get("/admin/").content.decode()
    member = client.get(f"/admin/members/{shop.public_id('C-1')}/").content.decode()
    assert (PAGE in home) == (PAGE in member) == (status == 200)


def test_a_stranger_gets_no_quote(client):
    cart_shop()
    assert client.post(PAGE, {**TEA, "do": "quote"})["Location"].startswith("/admin/login/")


def test_a_members_cart_is_quoted_line_by_line_with_every_why(support):
    shop = cart_shop()
    cart = {
        "product": ["tea", "mug"], "quantity": ["2", ""], "price": ["100.50", "12"], "shipping": "4.90",
        "carrier": "colissimo", "promo_code": "HI", "promo_amount": "3", "coupons": "XYZ", "use_points": "100",
    }  # fmt: skip
    page = support.post(PAGE, {**cart, "member": shop.public_id("C-1"), "do": "quote"})
    answer = page.context["answer"]
    assert [(str(cut.label), cut.amount_minor) for cut in answer.cuts] == [
        ("Tier", 2130), ("Segment", 1917), ("Promo code", 300),
    ]  # fmt: skip
    for index, cut in enumerate(answer.cuts):
        assert cut.amount_minor == sum(line.cuts[index].amount_minor for line in answer.lines)
    assert answer.goods_minor == 21300
    assert answer.total_minor == 21300 - 2130 - 1917 - 300 == sum(line.left_minor for line in answer.lines)
    assert (answer.shipping_minor, answer.shipping_saved_minor, answer.due_minor) == (
        490,
        490,
        answer.total_minor,
    )
    assert (answer.gifts, answer.earns, answer.segments) == ((("mug", 1),), 219, ("regulars",))
    text = page.content.decode()
    for words in (
        "10% off for Gold members", "Free delivery with colissimo", "You will earn 219 points",
        "No coupon of this member has the code XYZ", "cannot be combined", "€169.53", "\N{MINUS SIGN}€21.30",
    ):  # fmt: skip
        assert words in text


def test_a_guest_gets_the_goods_at_their_price(support):
    cart_shop()
    page = support.post(PAGE, {**TEA, "do": "quote"})
    answer = page.context["answer"]
    assert (answer.cuts, answer.total_minor, answer.earns) == ((), 20100, 0)
    assert "No benefit applies to this cart." in page.content.decode()


def test_trying_a_cart_writes_nothing(support):
    shop = cart_shop()
    models = (Account, Entry, Order, Intent)
    with scopes_disabled():
        before = [list(model.objects.order_by("pk").values()) for model in models]
        for _ in range(2):
            support.post(PAGE, {**TEA, "member": shop.public_id("C-1"), "use_points": "200", "do": "quote"})
        assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_what_is_wrong_stands_beside_its_field_and_everything_typed_stays(support):
    shop = cart_shop()
    typed = {
        "product": ["tea", "", "x" * 201], "quantity": ["0", "1.5", "99999999"], "price": ["abc", "-3", ""],
        "weight": ["1 kg", "", ""], "tax": ["120", "", ""], "on_sale": ["1"], "shipping": "4.999",
        "promo_code": "HI", "country": "France", "use_points": "many", "coupons": "A, B", "city": "Nîmes",
    }  # fmt: skip
    page = support.post(PAGE, {**typed, "member": shop.public_id("C-2"), "do": "quote"})
    assert page.context["answer"] is None
    assert set(errors_of(page)) == {
        "quantity-0", "price-0", "weight-0", "tax-0", "product-1", "quantity-1", "price-1", "product-2", "quantity-2",
        "price-2", "shipping", "promo_amount", "country", "use_points",
    }  # fmt: skip
    values = values_of(page)
    for name in ("product", "quantity", "price", "weight"):
        assert [values[f"{name}-{number}"] for number in range(3)] == typed[name]
    for name in ("shipping", "promo_code", "country", "use_points", "coupons", "city"):
        assert values[name] == typed[name]
    assert [line.on_sale for line in page.context["form"].lines] == [False, True, False]
    assert page.context["member"].name == "Jürgen Groß"
    text = page.content.decode()
    assert 'id="price-0" name="price" value="abc"' in text
    assert 'aria-invalid="true" aria-describedby="price-0-error"' in text
    assert 'href="#price-0"' in text


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [
        ("fr", "1 234,5", "1234,50"), ("fr", "1234.5", "1234,50"), ("de", "1.234,50", "1234,50"),
        ("en", "1,234.50", "1234.50"), ("en", "1234,5", "1234.50"),
    ],
)  # fmt: skip
def test_amounts_are_typed_with_comma_or_point_and_shown_back_as_the_language_writes_them(
    support, language, typed, shown
):
    cart_shop()
    page = support.post(PAGE, {**TEA, "price": [typed], "do": "quote"}, HTTP_ACCEPT_LANGUAGE=language)
    assert page.context["answer"].goods_minor == 246900
    assert values_of(page)["price-0"] == shown


def test_lines_come_and_go_by_buttons(support):
    cart_shop()
    cart = {"product": ["a", "b"], "quantity": ["1", "2"], "price": ["1", "x"], "on_sale": ["1"]}
    page = support.post(PAGE, {**cart, "do": "add"})
    assert [line.boxes["product"].value for line in page.context["form"].lines] == ["a", "b", ""]
    assert 'formaction="/admin/cart/#product-3"' in page.content.decode()
    page = support.post(PAGE, {**cart, "do": "remove:0"})
    (line,) = page.context["form"].lines
    assert (line.number, line.boxes["product"].value, line.boxes["price"].value, line.on_sale) == (
        0,
        "b",
        "x",
        True,
    )
    page = support.post(PAGE, {"product": ["a"], "do": "remove:0"})
    assert [line.boxes["product"].value for line in page.context["form"].lines] == [""]
    many = {"product": ["a"] * 40, "price": ["1"] * 40}
    page = support.post(PAGE, {**many, "do": "add"})
    assert len(page.context["form"].lines) == 30
    assert "no more lines" in page.content.decode()


def test_blank_lines_are_left_out_and_an_empty_cart_is_none(support):
    cart_shop()
    page = support.post(
        PAGE, {"product": ["", "tea"], "quantity": ["1", "1"], "price": ["", "5"], "do": "quote"}
    )
    assert [line.product for line in page.context["answer"].lines] == ["tea"]
    assert errors_of(support.post(PAGE, {"do": "quote"})) == {"product-0": "Name at least one product."}


def test_a_member_is_looked_for_and_chosen_while_the_cart_stays(support):
    shop = cart_shop()
    page = support.post(PAGE, {**TEA, "q": "GROSS", "do": "find"})
    assert [each.name for each in page.context["found"]] == ["Jürgen Groß"]
    page = support.post(PAGE, {**TEA, "q": "GROSS", "do": f"choose:{shop.public_id('C-2')}"})
    assert (page.context["member"].name, page.context["found"]) == ("Jürgen Groß", None)
    assert values_of(page)["product-0"] == "tea"
    page = support.post(PAGE, {**TEA, "member": shop.public_id("C-2"), "do": "guest"})
    assert page.context["member"] is None
    assert "Nobody matches" in support.post(PAGE, {"q": "zzz", "do": "find"}).content.decode()
    assert support.get(PAGE, {"member": shop.public_id("C-1")}).context["member"].name == "Élodie Lefèvre"


def test_of_many_who_match_the_first_are_shown(support):
    shop = cart_shop()
    for number in range(12):
        person(shop, f"N{number}", f"Neu {number:02}")
    page = support.post(PAGE, {"q": "neu", "do": "find"}).content.decode()
    assert page.count('value="choose:') == 8
    assert "There are more" in page


def test_another_programmes_member_or_one_who_is_gone_is_not_quoted(support):
    shop = cart_shop()
    other = make_shop("Zollhaus")
    person(other, "Z", "Zoe")
    for member in (other.public_id("Z"), "no-such", "x" * 500, "\0"):
        page = support.post(PAGE, {**TEA, "member": member, "do": "quote"})
        assert page.context["member"] is None
        assert "Zoe" not in page.content.decode()
    assert support.post(PAGE, {"q": "zoe", "do": "find"}).context["found"] == []
    gone = shop.public_id("C-4")
    erase_member(EraseMember(shop.shop_id, "C-4"), now=shop.now)
    page = support.post(PAGE, {**TEA, "member": gone, "do": "quote"})
    assert page.context["answer"] is None
    assert page.context["form"].problem


def test_a_cart_that_is_worth_too_much_is_refused_not_broken(support):
    cart_shop()
    cart = {"product": ["a", "b"], "quantity": ["1", "1"], "price": ["9000000000", "9000000000"]}
    page = support.post(PAGE, {**cart, "do": "quote"})
    assert "cannot be quoted" in page.context["form"].problem
    assert errors_of(support.post(PAGE, {**cart, "quantity": ["500", "1"], "do": "quote"})) == {
        "price-0": "This is too much."
    }


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Estimation", "Ce qui s’applique", "Palier", "À payer", "Remise de 10"]),
        ("de", ["Vorschau", "Was gilt", "Stufe", "Zu zahlen", "10\N{NO-BREAK SPACE}% Rabatt"]),
    ],
)
def test_the_quote_speaks_the_viewers_language(support, language, words):
    shop = cart_shop()
    cart = {**TEA, "member": shop.public_id("C-1"), "do": "quote"}
    page = support.post(PAGE, cart, HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert [word for word in words if word not in page] == []


def test_markup_that_is_typed_stays_text(support):
    shop = cart_shop()
    bad = "<script>alert(1)</script>"
    cart = {
        "product": [bad],
        "price": ["5"],
        "coupons": bad,
        "promo_code": bad,
        "promo_amount": "1",
        "q": bad,
    }
    for do in ("quote", "find", "add", bad):
        page = support.post(PAGE, {**cart, "member": shop.public_id("C-1"), "do": do})
        assert page.status_code == 200
        assert bad not in page.content.decode()


def test_the_page_costs_the_same_however_long_the_cart_is(support):
    shop = cart_shop()
    member = shop.public_id("C-1")

    def cost(lines):
        cart = {"product": ["tea"] * lines, "price": ["5"] * lines, "member": member, "do": "quote"}
        support.post(PAGE, cart)
        with CaptureQueriesContext(connection) as queries:
            support.post(PAGE, cart)
        return len(queries)

    assert cost(30) == cost(1) <= 12
