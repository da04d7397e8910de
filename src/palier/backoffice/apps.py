"""The back-office as Django applications."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class BackofficeConfig(AppConfig):
    name = "palier.backoffice"
    label = "backoffice"
    default = True
    default_auto_field = "django.db.models.BigAutoField"


class SiteConfig(admin_apps.AdminConfig):
    """Django's admin with our site in the place of its own."""

    default_site = "palier.backoffice.site.BackOffice"
    default = False
