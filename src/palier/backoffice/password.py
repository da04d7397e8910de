"""The page behind the one-time link with which a new colleague chooses a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import BASE_INPUT_CLASSES


class StyledSetPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """Django's form in Unfold's clothes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            assert isinstance(field, forms.Field)
            field.widget.attrs["class"] = " ".join(BASE_INPUT_CLASSES)


class SetPassword(PasswordResetConfirmView):
    """The link works once, for three days; then one is signed in."""

    template_name = "palier/set_password.html"
    form_class = StyledSetPasswordForm
    success_url = reverse_lazy("admin:index")
    post_reset_login = True
    post_reset_login_backend = "django.contrib.auth.backends.ModelBackend"
    title = _("Choose your password")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**admin.site.each_context(self.request), **context, "title": self.title}
