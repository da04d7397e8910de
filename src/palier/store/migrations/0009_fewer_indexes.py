"""No index that another one begins with, nor one for values that are nearly always absent: every order writes to each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0008_concerns'),
    ]

    operations = [
        migrations.AlterField(
            model_name='account',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.account'),
        ),
        migrations.AlterField(
            model_name='account',
            name='programme',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='store.programme'),
        ),
        migrations.AlterField(
            model_name='account',
            name='public_id',
            field=models.CharField(max_length=36),
        ),
        migrations.AlterField(
            model_name='identity',
            name='shop',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='store.shop'),
        ),
        migrations.AlterField(
            model_name='order',
            name='account',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders_of', to='store.account'),
        ),
        migrations.AlterField(
            model_name='order',
            name='batch',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='store.importbatch'),
        ),
        migrations.AlterField(
            model_name='order',
            name='shop',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='store.shop'),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='account_merged'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch'], name='order_imported'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(fields=('public_id',), name='account_public_id'),
        ),
    ]
