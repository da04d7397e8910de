"""Concerns that were looked at, and the partial indexes that find what needs a look."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_seals'),
    ]

    operations = [
        migrations.CreateModel(
            name='SeenConcern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('subject', models.CharField(max_length=200)),
                ('author', models.CharField(blank=True, max_length=200)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('debt__gt', 0)), fields=['programme'], name='account_in_debt'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['endpoint'], name='delivery_failed'),
        ),
        migrations.AddIndex(
            model_name='inbox',
            index=models.Index(condition=models.Q(('done_at', None), ('failed_at__isnull', False)), fields=['shop'], name='inbox_failed'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('is_flagged', True)), fields=['programme'], name='order_flagged'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('currency', '')), fields=['programme'], name='order_unknown'),
        ),
        migrations.AddField(
            model_name='seenconcern',
            name='programme',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.programme'),
        ),
        migrations.AddConstraint(
            model_name='seenconcern',
            constraint=models.UniqueConstraint(fields=('programme', 'kind', 'subject'), name='concern_seen_once'),
        ),
    ]
