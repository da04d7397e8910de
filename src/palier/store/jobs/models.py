"""Tables of workers that live, jobs that come again and again, and marks of how far a job has come."""

from __future__ import annotations

from django.db import models


class Beat(models.Model):
    """A worker's sign of life. A row that is not renewed belongs to a worker that died."""

    worker = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=200)
    pid = models.IntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.worker


class Schedule(models.Model):
    """When a job that comes again and again comes next."""

    name = models.CharField(max_length=64, unique=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Mark(models.Model):
    """How far a job has come in what it reads in order."""

    name = models.CharField(max_length=64, unique=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
