"""Who sees which page of the back-office, of which programme, in which language."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.entrances.backoffice_shop import full_shop, make_shop, order, person, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]

PAGES = ["/admin/", "/admin/members/", "/admin/segments/"]
OTHERS = [
    *(f"/admin/{name}/" for name in ("cart", "keys", "webhooks", "webhooks/any", "webhooks/any/any", "team")),
    "/admin/figures.csv",
    *(f"/admin/members/any/{name}" for name in ("", "gift/", "waive/", "gift/1/")),
]


@pytest.mark.parametrize("page", [*PAGES, *OTHERS])
def test_a_stranger_is_sent_to_the_sign_in_page(client, page):
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("page", [*PAGES, *OTHERS])
def test_a_colleague_without_a_role_sees_nothing(client, django_user_model, page):
    client.force_login(django_user_model.objects.create_user("new", is_staff=True))
    answer = client.get(page)
    assert answer.status_code == 403
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize("role", ["owner", "manager", "support", "read-only"])
def test_every_role_sees_members_and_only_the_owner_the_team(client, role):
    shop = full_shop()
    client.force_login(staff(role))
    for page in [*PAGES, f"/admin/members/{shop.public_id('C-1001')}/"]:
        assert client.get(page).status_code == 200
    home = client.get("/admin/").content.decode()
    team = reverse("admin:team")
    assert (team in home) == (role == "owner")
    assert client.get(team).status_code == (200 if role == "owner" else 403)


def test_the_sidebar_names_no_model(client):
    make_shop()
    client.force_login(staff("owner"))
    home = client.get("/admin/").content.decode()
    links = re.findall(r'href="(/admin/[^"]*)"', home)
    paths = {link.partition("?")[0] for link in links}
    assert {*PAGES, "/admin/cart/", "/admin/team/"} <= paths
    assert [path for path in paths if path.startswith(("/admin/store", "/admin/auth"))] == []


def test_the_home_page_counts_members_by_tier_in_text(client):
    full_shop()
    client.force_login(staff("read-only"))
    steps = client.get("/admin/").context["steps"]
    assert {step.id: (step.members, step.share) for step in steps} == {
        "gold": (1, 17),
        "silver": (2, 33),
        "bronze": (3, 50),
    }


def test_without_a_programme_the_page_says_what_to_do(client, django_user_model):
    client.force_login(staff("owner"))
    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert "palier init" in answer.content.decode()


def test_one_programme_needs_no_switch(client):
    make_shop()
    client.force_login(staff("owner"))
    assert "choose_programme" not in client.get("/admin/").content.decode()
    assert f'"{reverse("admin:choose_programme")}"' not in client.get("/admin/").content.decode()


def test_of_several_programmes_one_is_looked_at(client):
    first, second = make_shop("Atelier"), make_shop("Zollhaus")
    person(first, "A", "Anna Atelier")
    person(second, "Z", "Zoe Zollhaus")
    client.force_login(staff("read-only"))
    assert "Anna Atelier" in client.get("/admin/members/").content.decode()
    chosen = client.get("/admin/members/").context["viewpoint"].programmes[1]
    answer = client.post(
        "/admin/programme/", {"programme": chosen.public_id, "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == "/admin/"
    page = client.get("/admin/members/").content.decode()
    assert "Zoe Zollhaus" in page
    assert "Anna Atelier" not in page


def test_a_member_of_another_programme_does_not_exist(client):
    first, second = make_shop("Atelier"), make_shop("Zollhaus")
    person(first, "A", "Anna")
    person(second, "Z", "Zoe")
    client.force_login(staff("owner"))
    assert client.get(f"/admin/members/{first.public_id('A')}/").status_code == 200
    assert client.get(f"/admin/members/{second.public_id('Z')}/").status_code == 404


def test_an_address_that_no_database_takes_is_answered(client):
    make_shop()
    client.force_login(staff("owner"))
    assert client.get("/admin/members/%00/").status_code == 404
    for parameter in ("q", "tier", "segment", "page", "sort"):
        assert client.get("/admin/members/", {parameter: "\0"}).status_code == 200
    assert client.get("/admin/cart/", {"member": "\0"}).status_code == 200


def test_a_programme_that_does_not_exist_cannot_be_chosen(client):
    make_shop()
    client.force_login(staff("owner"))
    assert client.post("/admin/programme/", {"programme": "no-such"}).status_code == 404
    assert client.get("/admin/programme/").status_code == 405


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Membres par palier", "Argent", "à partir de 500\N{NO-BREAK SPACE}€", "Dernier import"]),
        ("de", ["Mitglieder je Stufe", "Silber", "ab 500\N{NO-BREAK SPACE}€", "Letzter Import"]),
        ("en", ["Members by tier", "Silver", "from €500", "Last import"]),
    ],
)
def test_the_page_speaks_the_viewers_language(client, language, words):
    shop = make_shop()
    order(shop, "A1", "C1", 60000, days_ago=2)
    client.force_login(staff("owner"))
    page = client.get("/admin/", HTTP_ACCEPT_LANGUAGE=language).content.decode()
    assert f'<html lang="{language}"' in page
    assert [word for word in words if word not in page] == []


def test_the_language_can_be_switched_and_stays(client):
    make_shop()
    client.force_login(staff("owner"))
    answer = client.post("/i18n/setlang/", {"language": "de", "next": "/admin/members/"})
    assert answer["Location"] == "/admin/members/"
    assert "Mitglieder" in client.get("/admin/members/").content.decode()


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "Introuvable"), ("de", "Nicht gefunden"), ("en", "Not found")]
)
def test_a_missing_page_is_said_in_the_viewers_language(client, language, word):
    answer = client.get("/nowhere/", HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 404
    assert word in answer.content.decode()


def test_the_owner_invites_and_dismisses(client, django_user_model):
    make_shop()
    client.force_login(staff("owner"))
    page = client.post("/admin/team/", {"email": "New@Example.com", "role": "support"})
    assert re.search(r"http://127\.0\.0\.1:8000/set-password/\S+/", page.content.decode())
    new = django_user_model.objects.get(username="new@example.com")
    assert (new.has_perm("store.add_happening"), new.has_perm("auth.view_user")) == (True, False)
    assert "Cannot sign in" in client.post("/admin/team/", {"dismiss": "new@example.com"}).content.decode()
    new = django_user_model.objects.get(username="new@example.com")
    assert (new.is_active, new.groups.count()) == (False, 0)


def test_the_last_owner_stays(client, django_user_model):
    owner = staff("owner")
    client.force_login(owner)
    page = client.post("/admin/team/", {"dismiss": owner.username}).content.decode()
    assert "The last owner cannot leave" in page
    assert django_user_model.objects.get(pk=owner.pk).is_active


@pytest.mark.parametrize(
    "fields", [{"email": "no address", "role": "owner"}, {"email": "a@b.example", "role": "king"}]
)
def test_a_senseless_invitation_makes_nobody(client, django_user_model, fields):
    client.force_login(staff("owner"))
    assert client.post("/admin/team/", fields).context["problem"]
    assert django_user_model.objects.count() == 1


@pytest.mark.parametrize("role", ["manager", "support", "read-only"])
def test_nobody_but_the_owner_invites(client, django_user_model, role):
    client.force_login(staff(role))
    assert client.post("/admin/team/", {"email": "a@b.example", "role": "owner"}).status_code == 403
    assert django_user_model.objects.count() == 1


def test_a_form_that_was_open_for_too_long_says_so_in_the_readers_language():
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(staff("owner"))
    answer = strict.post("/admin/keys/", {"do": "issue"}, headers={"Accept-Language": "de"})
    assert answer.status_code == 403
    assert "Es wurde nichts geändert" in answer.content.decode()
    assert "DEBUG" not in answer.content.decode()


def test_a_name_that_is_not_this_installation_s_says_which_setting_is_meant(client):
    page = client.get("/", headers={"Host": "other.example"})
    assert (page.status_code, "PALIER_PUBLIC_URL" in page.content.decode()) == (400, True)
    told = client.get("/api/v1/key", headers={"Host": "other.example"})
    assert (told.status_code, "PALIER_PUBLIC_URL" in told.json()["hint"]) == (400, True)
