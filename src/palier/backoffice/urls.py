"""Addresses of the back-office outside the admin's own."""

from django.urls import path

from palier.backoffice import demo, password

urlpatterns = [
    path("", demo.front, name="home"),
    path("demo/sign-in/<slug:role>/", demo.sign_in, name="demo_sign_in"),
    path("set-password/<str:uidb64>/<str:token>/", password.SetPassword.as_view(), name="set_password"),
]
