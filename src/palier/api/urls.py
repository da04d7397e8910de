"""Addresses under /api."""

from __future__ import annotations

from django.urls import path, re_path

from palier.api import views
from palier.api.router import api

urlpatterns = [
    path("v1/openapi.json", views.openapi),
    path("v1/", api.urls),
    re_path("^", views.nothing),
]
