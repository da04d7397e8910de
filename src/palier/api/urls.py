"""Addresses under /api."""

from __future__ import annotations

from django.urls import path, re_path

from palier.api import views
from palier.api.router import api

urlpatterns = [
    path("v1", views.to_page),
    path("v1/", views.page),
    path("v1/openapi.json", views.openapi),
    path("v1/reference.js", views.script),
    path("v1/reference.css", views.style),
    path("v1/", api.urls),
    re_path("^", views.nothing),
]
