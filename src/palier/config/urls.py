"""Every address this installation answers."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("palier.backoffice.urls")),
    path("", include("palier.storefront.urls")),
    path("api/", include("palier.api.urls")),
    path("widget/v1/", include("palier.api.widget.urls")),
    path("", include("palier.hooks.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
