"""What needs a look is listed with the way to mend it, counted in the sidebar, and gone once it is mended."""

import ast
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from palier.backoffice.wording import PROBLEM_WORDS
from palier.core.order import Refund
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.points.waive_debt import WaiveDebt, waive_debt
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store.concerns.load import KINDS, count_concerns, load_concerns
from palier.store.models import (
    Account,
    Delivery,
    Hook,
    ImportBatch,
    ImportProblem,
    Inbox,
    SeenConcern,
    WebhookEndpoint,
)
from tests.entrances.backoffice_shop import make_shop, order, owing_order, person, staff
from tests.house.checkout import PACKAGE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
PATH = "/admin/needs-a-look/"
HOUR = timedelta(hours=1)


@pytest.fixture
def shop():
    return make_shop()


def delivery(shop):
    hook = add_webhook(
        AddWebhook(shop.programme_id, "https://crm.shop-example.com/in", name="CRM"), now=shop.now
    ).id
    public_id = try_webhook(TryWebhook(shop.programme_id, hook), now=shop.now)
    with scopes_disabled():
        Delivery.objects.filter(public_id=public_id).update(state="failed")
    return hook


def webhook(shop):
    hook = add_webhook(
        AddWebhook(shop.programme_id, "https://gone.shop-example.com/", name="Old"), now=shop.now
    ).id
    with scopes_disabled():
        WebhookEndpoint.objects.filter(public_id=hook).update(is_active=False, disabled_reason="gone")


def message(shop):
    with scopes_disabled():
        return Inbox.objects.create(
            shop_id=shop.shop_id, event_id="evt_1", kind="order", customer="C9", payload='{"status": "<b>payed</b>"}',
            received_at=shop.now - 31 * HOUR, next_at=shop.now, failed_at=shop.now, tries=1, error="status: unknown",
        ).pk  # fmt: skip


def refund(shop):
    record_orders(
        RecordOrders(shop.shop_id, (Refund("X-9", "R-9", amount_minor=100, at=shop.now),)), now=shop.now
    )


def batch(shop, *codes):
    with scopes_disabled():
        row = ImportBatch.objects.create(
            programme_id=shop.programme_id, shop_id=shop.shop_id, kind="orders", source_name="orders.csv",
            source_digest="x", started_at=shop.now,
        )  # fmt: skip
        for number, code in enumerate(codes):
            ImportProblem.objects.create(
                batch=row, row=number, subject=f"C{number}", code=code, reason="why not"
            )
    return row.pk


def silence(shop):
    with scopes_disabled():
        last = shop.now - 30 * HOUR
        Hook.objects.create(
            shop_id=shop.shop_id, secret="x", changed_at=shop.now, last_received_at=last, refused=3,
            last_refused_at=shop.now,
        )  # fmt: skip
        for number in range(20):
            at = last - number * HOUR
            Inbox.objects.create(
                shop_id=shop.shop_id, event_id=f"s{number}", kind="order", payload="", received_at=at, next_at=at,
                done_at=at,
            )  # fmt: skip


def found(shop):
    return {kind: len(concerns) for kind, concerns in load(shop).items()}


def load(shop):
    return load_concerns(shop.programme_id, now=shop.now, world=shop.now)


def count(shop):
    return count_concerns(shop.programme_id, now=shop.now, world=shop.now)


def everything(shop):
    delivery(shop)
    webhook(shop)
    message(shop)
    refund(shop)
    batch(shop, "left_out", "no_goods")
    silence(shop)
    owing_order(shop, "A1", "C-1", points=30)
    order(shop, "B1", "C-2", 5000, days_ago=20)


def test_every_kind_is_found_listed_and_counted(client, shop):
    everything(shop)
    assert found(shop) == dict.fromkeys(KINDS, 1)
    assert count(shop) == len(KINDS)
    client.force_login(staff("owner"))
    page = client.get(PATH).content.decode()
    for words in (
        *(
            "CRM",
            "Old",
            "status: unknown",
            "30 points were missing",
            "Order X-9",
            "30 points owed",
            "orders.csv",
        ),
        *("3 messages were refused", "Maison Lune", "1 member waits"),
    ):
        assert words in page
    assert "&lt;b&gt;payed" in page
    home = client.get("/admin/").content.decode()
    assert f"{len(KINDS)} things need a look" in home


def test_where_all_is_well_nothing_is_said(client, shop):
    person(shop, "C1", "Anna")
    batch(shop, "left_out")
    assert (found(shop), count(shop)) == ({}, 0)
    client.force_login(staff("read-only"))
    assert "Nothing needs a look" in client.get(PATH).content.decode()
    assert "need a look" not in client.get("/admin/").content.decode()


def test_another_programmes_concerns_are_its_own(shop):
    everything(make_shop("Zollhaus"))
    assert (found(shop), count(shop)) == ({}, 0)


def test_what_is_mended_is_gone(client, shop):
    everything(shop)
    waive_debt(WaiveDebt(shop.shop_id, "C-1", "sorry"), now=shop.now)
    catch_up_accounts(shop.programme_id, now=shop.now)
    order(shop, "X-9", "C-1", 1000, days_ago=0.01)
    with scopes_disabled():
        ImportBatch.objects.update(undone_at=shop.now)
        Inbox.objects.create(
            shop_id=shop.shop_id, event_id="new", kind="order", payload="", received_at=shop.now, next_at=shop.now,
            done_at=shop.now,
        )  # fmt: skip
    assert set(found(shop)) == {"webhook", "delivery", "message", "order", "hook"}
    client.force_login(staff("owner"))
    hook = load(shop)["delivery"][0].facts["webhook"]
    client.post(f"/admin/webhooks/{hook}/", {"do": "replay"})
    old = load(shop)["webhook"][0].facts["webhook"]
    client.post(f"/admin/webhooks/{old}/", {"do": "resume"})
    assert set(found(shop)) == {"message", "order", "hook"}


def test_what_was_looked_at_is_put_aside_until_it_changes(client, shop):
    everything(shop)
    client.force_login(staff("support"))
    for kind, concerns in load(shop).items():
        if kind not in ("message", "work"):
            client.post(PATH, {"do": "seen", "kind": kind, "subject": concerns[0].subject})
            client.post(PATH, {"do": "seen", "kind": kind, "subject": concerns[0].subject})
    assert set(found(shop)) == {"work", "message"}
    assert count(shop) == 2
    with scopes_disabled():
        assert {row.author for row in SeenConcern.objects.all()} == {"support@example.com"}
        Hook.objects.update(refused=4)
    owing_order(shop, "A2", "C-1", points=5)
    assert {"hook", "order", "debt"} <= set(found(shop))


def test_a_message_is_tried_again_or_put_aside(client, shop):
    first = message(shop)
    client.force_login(staff("support"))
    assert "tried again" in client.post(PATH, {"do": "retry", "subject": first}, follow=True).content.decode()
    with scopes_disabled():
        assert Inbox.objects.get().failed_at is None
        Inbox.objects.update(failed_at=shop.now)
    client.post(PATH, {"do": "aside", "subject": first})
    assert found(shop) == {}
    page = client.post(PATH, {"do": "retry", "subject": first}, follow=True).content.decode()
    assert "Somebody else has dealt with it" in page
    for senseless in ("", "\0", "x", "9" * 30):
        assert client.post(PATH, {"do": "retry", "subject": senseless}).status_code == 302
    assert client.post(PATH, {"do": "seen", "kind": "king", "subject": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("role", "may"), [("owner", 302), ("manager", 302), ("support", 302), ("read-only", 403)]
)
def test_everybody_looks_and_those_who_may_act_act(client, shop, role, may):
    everything(shop)
    client.force_login(staff(role))
    page = client.get(PATH)
    assert page.status_code == 200
    assert ("Put aside" in page.content.decode()) == (may == 302)
    assert ("/admin/webhooks/" in page.content.decode()) == (role in ("owner", "manager"))
    assert client.post(PATH, {"do": "seen", "kind": "order", "subject": "1"}).status_code == may
    assert client.post(PATH, {"do": "retry", "subject": "1"}).status_code == may


def test_nobody_can_waive_what_an_erased_person_owes_so_it_is_not_asked_for(shop):
    order(shop, "E1", "C-9", 5000, days_ago=3)
    erase_member(EraseMember(shop.shop_id, "C-9"), now=shop.now)
    back = Refund("E1", "r", amount_minor=5000, at=shop.now)
    record_orders(RecordOrders(shop.shop_id, (back,)), now=shop.now)
    with scopes_disabled():
        assert Account.objects.filter(debt__gt=0).exclude(erased_at=None).count() == 1
    assert "debt" not in found(shop)
    assert count(shop) == 0


def test_the_rows_of_an_import_are_listed_by_what_was_wrong(client, shop):
    pk = batch(shop, "no_goods", *["credit_unattached"] * 60)
    other = batch(make_shop("Zollhaus"), "no_goods")
    client.force_login(staff("read-only"))
    page = client.get(f"/admin/imports/{pk}/")
    assert [(code, rows) for code, _words, rows in page.context["codes"]] == [
        ("credit_unattached", 60),
        ("no_goods", 1),
    ]
    assert page.context["problems"].paginator.num_pages == 2
    one = client.get(f"/admin/imports/{pk}/", {"code": "no_goods", "page": "9"})
    assert [row.code for row in one.context["problems"]] == ["no_goods"]
    german = client.get(f"/admin/imports/{pk}/", {"code": "no_goods"}, headers={"Accept-Language": "de"})
    assert (
        german.content.decode().count("Bestellungen ohne Ware") == 2
    )  # in the list of reasons, and at the row
    assert client.get(f"/admin/imports/{other}/").status_code == 404


def test_every_reason_why_an_import_left_a_row_out_has_words():
    assert found_codes() >= {"no_goods", "discount_unattached", "unreadable_number", "wrong_way"}
    assert found_codes() - set(PROBLEM_WORDS) == set()


def found_codes():
    """What the modules of the import give ``RowRefused`` and ``Problem``, and what the reader of rows returns."""
    found = {"order_incomplete"}  # in a statement of SQL
    for file in (PACKAGE / "cli" / "importing").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case (
                    ast.Call(func=ast.Name("RowRefused"), args=[ast.Constant(code), *_])
                    | ast.Call(func=ast.Name("Problem"), args=[_, _, ast.Constant(code), *_])
                ):
                    found.add(code)
                case ast.Return(ast.Tuple([ast.Constant(code), _])) | ast.Return(
                    ast.IfExp(orelse=ast.Tuple([ast.Constant(code), _]))
                ) if file.name == "rows.py":
                    found.add(code)
    return found


def test_counting_takes_one_statement_however_much_there_is(shop):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            count(shop)
        return len(queries)

    at_rest = statements()
    for number in range(20):
        owing_order(shop, f"A{number}", f"C-{number}", points=5)
        message_of(shop, number)
    assert at_rest == statements() == 1


def message_of(shop, number):
    with scopes_disabled():
        Inbox.objects.create(
            shop_id=shop.shop_id, event_id=f"m{number}", kind="order", payload="{}", received_at=shop.now,
            next_at=shop.now, failed_at=datetime.now(UTC), tries=20, error="no",
        )  # fmt: skip
