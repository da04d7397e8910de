"""Django's own tables of people and jobs have no page here: the team has one of ours, jobs are operations."""

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django_tasks_db.models import DBTaskResult

admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.unregister(DBTaskResult)
