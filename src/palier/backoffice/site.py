"""The back-office's site: Unfold's, with our own pages in front of Django's."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite


class BackOffice(UnfoldAdminSite):
    """Serves our pages under the admin's addresses, behind its sign-in."""

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The home page."""
        from palier.backoffice.home import home

        return home(request)

    def extra_urls(self) -> list[URLPattern]:
        """Unfold's site puts these before Django's own."""
        from palier.backoffice import (
            access,
            cart,
            concerns,
            figures,
            gift,
            history_file,
            keys,
            member,
            members,
            segments,
            team,
            webhooks,
        )
        from palier.backoffice.programme_urls import programme_paths

        return [
            *programme_paths(self.admin_view),
            path("members/", self.admin_view(members.members), name="members"),
            path("members/<str:public_id>/", self.admin_view(member.member), name="member"),
            path("members/<str:public_id>/gift/", self.admin_view(gift.gift), name="gift"),
            path(
                "members/<str:public_id>/history.csv",
                self.admin_view(history_file.history_file),
                name="history_file",
            ),
            path("members/<str:public_id>/waive/", self.admin_view(gift.waive), name="waive"),
            path(
                "members/<str:public_id>/gift/<str:gift_id>/",
                self.admin_view(gift.take_back),
                name="take_back",
            ),
            path("needs-a-look/", self.admin_view(concerns.concerns), name="concerns"),
            path(
                "imports/<int:batch_id>/", self.admin_view(concerns.import_problems), name="import_problems"
            ),
            path("figures.csv", self.admin_view(figures.figures), name="figures"),
            path("segments/", self.admin_view(segments.segments), name="segments"),
            path("cart/", self.admin_view(cart.cart), name="cart"),
            path("keys/", self.admin_view(keys.keys), name="keys"),
            path("webhooks/", self.admin_view(webhooks.webhooks), name="webhooks"),
            path("webhooks/<str:webhook_id>/", self.admin_view(webhooks.webhook), name="webhook"),
            path(
                "webhooks/<str:webhook_id>/<str:delivery_id>/",
                self.admin_view(webhooks.delivery),
                name="delivery",
            ),
            path("team/", self.admin_view(team.team), name="team"),
            path("programme/", self.admin_view(access.choose_programme), name="choose_programme"),
        ]
