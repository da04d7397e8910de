"""Bodies that come in chunks, without a length, as some programs send them."""

import http.client
import json

import pytest
from django_scopes import scopes_disabled

from palier.api.bodies import BODY_MAX
from palier.store.models import Order
from tests.entrances.api_shop import CART, ORDER, forget_everything, make_api
from tests.entrances.short_way_kit import fresh_way
from tests.races.kit import serving


@pytest.fixture
def way(transactional_db):
    with scopes_disabled():
        yield from fresh_way()


def in_chunks(way, method, path, raw, **changes):
    """A request as a server hands it over when its body came in chunks."""
    told = {
        "CONTENT_LENGTH": None,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "HTTP_IDEMPOTENCY_KEY": "k",
        **changes,
    }
    pieces = [raw[at : at + 50_000] for at in range(0, len(raw), 50_000)]
    return way(method, path, b"", **{"pieces": pieces, **told})


def test_a_body_in_chunks_is_read_like_one_with_a_length(way):
    answer = in_chunks(way, "PUT", "/orders/1", json.dumps(ORDER).encode())
    assert (answer.status, answer.json["points"]) == (200, 120)
    assert in_chunks(way, "POST", "/quotes", json.dumps(CART).encode()).status == 200


def test_a_body_in_chunks_is_no_larger_than_any_other(way):
    answer = in_chunks(way, "PUT", "/orders/1", b" " * (BODY_MAX + 1))
    assert (answer.status, answer.json["code"]) == (413, "too_large")
    nothing = in_chunks(way, "PUT", "/orders/1", b"")
    assert (nothing.status, nothing.json["code"]) == (400, "invalid_json")


def test_nobody_without_a_key_has_more_than_the_begin_of_a_body_read(way):
    pieces = [b" " * 50_000] * 5
    answer = in_chunks(way, "PUT", "/orders/1", b"", HTTP_AUTHORIZATION=None, pieces=pieces)
    assert (answer.status, len(pieces)) == (401, 3)


def test_a_body_that_its_sender_does_not_finish_changes_nothing(way):
    order = json.dumps(ORDER).encode()
    for changes in ({}, {"CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked"}):
        for path in ("/orders/1", "/members/anna"):
            assert way.left("PUT", path, order, **changes) == []
        assert way.left("PUT", "/orders/1", b" " * 200_000 + order, **changes) != [200]
    assert set(way.went_long) <= {"/api/v1/orders/1"}
    assert not Order.objects.exists()


def test_a_server_that_does_not_say_where_chunks_end_gets_no_answer_but_a_hint(way):
    chunks = {"CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked", "HTTP_IDEMPOTENCY_KEY": "k"}
    answer = way.long("PUT", "/orders/1", b"{}", **chunks)
    assert (answer.status, answer.json["hint"]) == (400, "send a JSON object with its Content-Length")


def test_a_real_server_takes_chunks(process_environment):
    forget_everything()
    with scopes_disabled():
        key = make_api().key
    with serving(process_environment) as clients:
        for body, status in ((json.dumps(ORDER).encode(), 200), (b" " * (BODY_MAX + 1), 413)):
            wire = http.client.HTTPConnection("127.0.0.1", clients.port, timeout=60)
            pieces = (body[at : at + 50_000] for at in range(0, len(body), 50_000))
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            wire.request("PUT", "/api/v1/orders/1", pieces, headers, encode_chunked=True)
            response = wire.getresponse()
            assert (response.status, bool(response.read())) == (status, True)
            wire.close()
