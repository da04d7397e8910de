"""Addresses of what shops push."""

from django.urls import path

from palier.hooks.receive import receive

urlpatterns = [path("hooks/<str:shop>", receive, name="hooks")]
