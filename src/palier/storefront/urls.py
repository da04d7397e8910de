"""Addresses that shoppers' browsers ask for."""

from django.urls import path

from palier.storefront.script import script

urlpatterns = [
    path("widget/palier.js", script, name="widget_script"),
]
