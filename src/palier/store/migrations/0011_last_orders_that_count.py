"""The last order, which segments ask for, is the newest that counts: one that was taken back stayed it before."""

from datetime import UTC, datetime, timedelta

from django.db import migrations

from palier.core.programme.kinds import fold_city

CHUNK = 500
_COLUMNS = ("order_at", "delivery_city", "delivery_country", "carrier", "payment_method")


def look_back(apps, schema_editor):
    orders, accounts = apps.get_model("store", "Order").objects, apps.get_model("store", "Account").objects
    taken_back = orders.filter(counts=False, order_at__isnull=False).order_by("account_id")
    after = 0
    while True:
        rows = taken_back.filter(account_id__gt=after).values_list("account_id", flat=True).distinct()
        concerned = list(rows[:CHUNK])
        if not concerned:
            return
        for account in accounts.filter(pk__in=concerned, erased_at=None):
            newest = orders.filter(account_id=account.pk, counts=True).order_by("-order_at", "-id")
            _set(account, newest.values_list(*_COLUMNS).first())
        after = concerned[-1]


def _set(account, newest):
    last = account.state.get("last_order")
    if last is None or (newest is not None and _us(newest[0]) == last[0]):
        return
    if newest is None:
        del account.state["last_order"]
    else:
        account.state["last_order"] = [_us(newest[0]), *newest[1:], fold_city(newest[1])]
    account.save(update_fields=["state"])


def _us(instant):
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


class Migration(migrations.Migration):

    dependencies = [
        ("store", "0010_guard_what_orders_name"),
    ]

    operations = [
        migrations.RunPython(look_back, migrations.RunPython.noop, elidable=True),
    ]
