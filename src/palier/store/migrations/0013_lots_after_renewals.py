"""A renewal knows the number of the lot that came next: of those born at its very instant it reached the others."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("store", "0012_orders_of_guests")]

    operations = [
        migrations.AddField(
            model_name="renewal", name="next_lot", field=models.IntegerField(blank=True, null=True)
        ),
    ]
