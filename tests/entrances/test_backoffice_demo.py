"""One-click sign-in: in demo mode, from this machine, for the demo's own people, and never otherwise."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from palier.flows.staff.make_demo_staff import DEMO_STAFF, make_demo_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
SIGN_IN = "/demo/sign-in/owner/"


@pytest.fixture
def demo(settings):
    settings.PALIER_DEMO = True
    make_demo_staff(now=datetime.now(UTC))
    return Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")


@pytest.mark.parametrize("role", DEMO_STAFF)
def test_one_click_signs_in_as_a_role(demo, role):
    assert f"/demo/sign-in/{role}/" in demo.get("/").content.decode()
    answer = demo.post(f"/demo/sign-in/{role}/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert demo.get("/admin/").wsgi_request.user.username == DEMO_STAFF[role]


def test_outside_the_demo_there_is_no_such_page(client):
    make_demo_staff(now=datetime.now(UTC))
    assert client.post(SIGN_IN).status_code == 404
    assert client.get("/")["Location"] == "/admin/"


def test_another_machine_is_refused(demo):
    assert demo.post(SIGN_IN, REMOTE_ADDR="192.0.2.7").status_code == 403
    page = demo.get("/", REMOTE_ADDR="192.0.2.7")
    assert page.status_code == 403
    assert "sign-in" not in page.content.decode()


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"])
def test_behind_a_proxy_everybody_is_refused(demo, header):
    assert demo.post(SIGN_IN, **{header: "127.0.0.1"}).status_code == 403


def test_a_name_that_points_here_is_refused(demo, settings):
    settings.ALLOWED_HOSTS = ["rebound.example"]
    assert demo.post(SIGN_IN, SERVER_NAME="rebound.example").status_code == 403


def test_a_link_from_elsewhere_cannot_sign_in(demo):
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    assert strict.post(SIGN_IN).status_code == 403
    assert demo.get(SIGN_IN).status_code == 405


def test_a_database_that_is_not_the_demos_has_nobody_to_sign_in_as(settings, django_user_model):
    settings.PALIER_DEMO = True
    django_user_model.objects.create_superuser("owner", password="x")
    here = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    assert here.post(SIGN_IN).status_code == 404


def test_nobody_of_the_demo_has_a_password(demo, django_user_model):
    assert {user.has_usable_password() for user in django_user_model.objects.all()} == {False}
    assert not demo.login(username="demo-owner", password="")
