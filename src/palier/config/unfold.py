"""How the back-office's theme introduces itself."""

from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Palier",
    "SITE_HEADER": "Palier",
    "SITE_SUBHEADER": _("Loyalty programme"),
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("palier/favicon.svg")},
    ],
    "SITE_SYMBOL": "stairs",
    "LOGIN": {"form": "palier.backoffice.sign_in.SignInForm"},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": False,  # the switch stands in the top bar
    "STYLES": [
        lambda request: static("palier/backoffice.css"),
        lambda request: static("palier/programme.css"),
    ],
    "SIDEBAR": {"show_search": False, "navigation": "palier.backoffice.navigation.sidebar"},
}
