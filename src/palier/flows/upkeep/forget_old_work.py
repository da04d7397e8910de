"""Jobs that ended are forgotten when they are old."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django_tasks_db.models import DBTaskResult

KEPT_FOR = timedelta(days=3)
FAILED_KEPT_FOR = timedelta(days=30)


def forget_old_work(*, now: datetime) -> int:
    """Delete rows of jobs that ended three days ago, of failed ones thirty; how many. The world's clock."""
    with transaction.atomic():
        done = DBTaskResult.objects.filter(status="SUCCESSFUL", finished_at__lt=now - KEPT_FOR)
        failed = DBTaskResult.objects.filter(status="FAILED", finished_at__lt=now - FAILED_KEPT_FOR)
        return done.delete()[0] + failed.delete()[0]
