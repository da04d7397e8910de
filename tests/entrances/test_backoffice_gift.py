"""Points given by hand: a reason, an author, a limit for each role, and never twice (R-ADM-2, R-ADM-5)."""

import re

import pytest
from django_scopes import scopes_disabled

from palier.backoffice.gift import DAY_LIMITS
from palier.store.models import Account, Entry, EntryNote
from tests.entrances.backoffice_shop import full_shop, make_shop, owing_order, person, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]


@pytest.fixture
def shop():
    shop = make_shop()
    person(shop, "C1", "Élodie Lefèvre")
    return shop


def sign_in(client, role):
    client.force_login(staff(role))


def address(shop, customer="C1"):
    return f"/admin/members/{shop.public_id(customer)}/gift/"


def key_of(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.content.decode())[1]


def give(client, shop, points, reason="Colis abîmé", *, language="en", **fields):
    """Fill the form, look at it again, give."""
    form = client.get(address(shop))
    typed = {"key": key_of(form), "points": points, "reason": reason, **fields}
    looked = client.post(address(shop), {**typed, "do": "review"}, HTTP_ACCEPT_LANGUAGE=language)
    given = client.post(address(shop), {**typed, "do": "give"}, HTTP_ACCEPT_LANGUAGE=language, follow=True)
    return typed, looked, given


def gifts():
    with scopes_disabled():
        return list(
            Entry.objects.filter(kind="gift")
            .order_by("account_id", "sequence")
            .values_list("amount", flat=True)
        )


@pytest.mark.parametrize("role", ["owner", "manager", "support"])
def test_adm_2_a_gift_is_shown_in_the_history_with_reason_and_author(client, shop, role):
    sign_in(client, role)
    _typed, looked, given = give(client, shop, "250")
    assert "Give 250 points to Élodie Lefèvre?" in looked.content.decode()
    page = given.content.decode()
    for words in (
        "250 points were given.",
        "We gave you 250 points.",
        "Colis abîmé",
        f"By {role}@example.com",
    ):
        assert words in page
    assert gifts() == [250]


def test_somebody_who_only_reads_gives_nothing_and_sees_no_button(client, shop):
    sign_in(client, "read-only")
    member = f"/admin/members/{shop.public_id('C1')}/"
    assert address(shop) not in client.get(member).content.decode()
    for path in (address(shop), f"{member}waive/", f"{member}gift/1/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"points": "5", "reason": "x", "do": "give"}).status_code == 403
    assert gifts() == []


def test_nothing_is_given_before_it_was_looked_at_again(client, shop):
    sign_in(client, "support")
    form = client.get(address(shop))
    client.post(address(shop), {"key": key_of(form), "points": "10", "reason": "x", "do": "review"})
    client.post(address(shop), {"key": key_of(form), "points": "10", "reason": "x", "do": "edit"})
    assert gifts() == []


def test_adm_5_a_double_click_and_the_back_button_give_once(client, shop):
    sign_in(client, "support")
    typed, _looked, _given = give(client, shop, "40")
    again = client.post(address(shop), {**typed, "do": "give"}, follow=True)
    assert "nothing was given a second time" in again.content.decode()
    other = client.post(address(shop), {**typed, "points": "60", "do": "give"})
    assert "sent before with another number of points" in other.content.decode()
    assert gifts() == [40]
    give(client, shop, "40")
    assert gifts() == [40, 40]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        *((points, "why") for points in ("", "0", "-5", "1.5", "many", "9" * 30, "\0")),
        *(("5", reason) for reason in ("", "  ", "x" * 501)),
    ],
)
def test_what_cannot_be_given_is_said_and_kept_in_the_form(client, shop, points, reason):
    sign_in(client, "owner")
    _typed, looked, given = give(client, shop, points, reason)
    assert looked.context["form"]["step"] == given.context["form"]["step"] == "type"
    assert 'aria-invalid="true"' in looked.content.decode()
    assert gifts() == []


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [("en", "1,200", "1,200"), ("de", "1.200", "1.200"), ("fr", "1 200", "1\N{NARROW NO-BREAK SPACE}200")],
)
def test_adm_6_points_are_read_and_shown_back_in_the_viewers_language(client, shop, language, typed, said):
    sign_in(client, "manager")
    _typed, looked, _given = give(client, shop, typed, language=language)
    assert said in looked.content.decode()
    assert gifts() == [1200]


def test_each_role_has_a_limit_for_a_day_and_the_sum_counts(client, shop):
    sign_in(client, "support")
    most = DAY_LIMITS["support"]
    give(client, shop, str(most - 100))
    _typed, looked, _given = give(client, shop, "101")
    assert "You may give 100 more" in looked.content.decode()
    give(client, shop, "100")
    assert sum(gifts()) == most
    client.force_login(staff("manager"))
    give(client, shop, str(most + 1))
    assert sum(gifts()) == 2 * most + 1


def test_adm_2_a_gift_is_taken_back_once_with_a_reason(client, shop):
    sign_in(client, "support")
    _typed, _looked, given = give(client, shop, "40")
    link = re.search(r'href="([^"]+/gift/\d+/)"', given.content.decode())[1]
    assert "Take 40 points back from" in client.get(link).content.decode()
    assert 'aria-invalid="true"' in client.post(link, {"reason": ""}).content.decode()
    page = client.post(link, {"reason": "Wrong member"}, follow=True).content.decode()
    for words in ("40 points were taken back.", "We deducted 40 points.", "Wrong member"):
        assert words in page
    assert link not in page
    again = client.post(link, {"reason": "Wrong member"}, follow=True).content.decode()
    assert "taken back before" in again
    assert gifts() == [40, -40]


def test_a_debt_is_waived_with_a_reason_and_only_once(client):
    shop = make_shop()
    owing_order(shop, "A1", "C1", points=30)
    with scopes_disabled():
        assert Account.objects.get().debt == 30
    sign_in(client, "support")
    path = f"/admin/members/{shop.public_id('C1')}/waive/"
    member = client.get(f"/admin/members/{shop.public_id('C1')}/").content.decode()
    assert path in member
    form = client.get(path)
    typed = {"key": key_of(form), "reason": "Our mistake"}
    page = client.post(path, typed, follow=True).content.decode()
    assert "30 points of debt were waived." in page
    assert "Our mistake" in page
    assert "owes nothing" in client.post(path, {"key": "other", "reason": "x"}, follow=True).content.decode()
    with scopes_disabled():
        assert Account.objects.get().debt == 0
        assert EntryNote.objects.count() == 1


def test_nobody_else_can_be_given_anything(client):
    shop = full_shop()
    other = make_shop("Another")
    person(other, "Z1", "Zoe")
    sign_in(client, "owner")
    assert client.get(f"/admin/members/{other.public_id('Z1')}/gift/").status_code == 404
    assert client.get("/admin/members/%00/gift/").status_code == 404
    assert client.get(f"/admin/members/{shop.public_id('C-1001')}/gift/%00/").status_code == 404
    assert client.get(f"/admin/members/{shop.public_id('C-1001')}/gift/12/").status_code == 404


@pytest.mark.parametrize(
    ("points", "reason", "field"),
    [("1.5", "Broken", '<input id="points"'), ("5", " ", '<textarea id="reason"')],
)
def test_the_field_that_is_wrong_is_where_one_types_on(client, shop, points, reason, field):
    sign_in(client, "support")
    _typed, looked, _given = give(client, shop, points, reason)
    begun = [each.partition(">")[0] for each in looked.content.decode().split("<")]
    assert [f"<{each}".startswith(field) for each in begun if " autofocus" in each] == [True]
