"""Addresses of the widgets' API."""

from django.urls import path, re_path

from palier.api.widget import answers, views

urlpatterns = [
    path("me", views.me, name="widget_me"),
    path("me/movements", views.movements, name="widget_movements"),
    path("me/coupons", views.coupons, name="widget_coupons"),
    path("quotes", views.quotes, name="widget_quotes"),
    re_path("^", answers.nothing),
]
