"""A guest's orders are found by the address: there may be a million of them, and no account leads to them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("store", "0011_last_orders_that_count")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("account__isnull", True)),
                fields=["shop", "email_folded"],
                name="order_of_guest",
            ),
        ),
    ]
