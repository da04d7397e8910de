"""What is sent arrives whole and signed; whatever the receiver does, an attempt ends soon and says what happened."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from palier.channels.guarded import GuardedTransport
from palier.channels.webhook import Outgoing, send
from palier.core.webhook_address import is_public
from tests.channels.receiver import listening

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"data":{"name":"Zoé"}}'.encode()


def post(url, **parts):
    parts.setdefault("allows_local", True)
    return send(Outgoing(url, "msg_1", BODY, (SECRET,)), at=datetime.now(UTC), **parts)


def short(deadline_s, **parts):
    return lambda is_local: GuardedTransport(deadline_s=deadline_s, allows_local=is_local, **parts)


def test_a_message_arrives_whole_and_its_signature_holds():
    with listening() as receiver:
        answer = post(receiver.url)
        assert (answer.status, answer.error, answer.is_taken) == (204, "", True)
        (request,) = receiver.requests
    assert request.path == "/hook?a=1"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert Webhook(SECRET).verify(request.body, request.headers) == json.loads(BODY)
    assert "cookie" not in request.headers
    assert "authorization" not in request.headers


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_an_answer_that_is_no_success_is_told(status):
    with listening(answer=lambda _: (status, {"retry-after": "77"})) as receiver:
        answer = post(receiver.url)
    assert (answer.status, answer.error, answer.retry_after_s) == (status, f"answered {status}", 77)
    assert not answer.is_taken


def test_a_redirect_is_not_followed():
    with listening() as inside, listening(answer=lambda _: (302, {"location": inside.url})) as receiver:
        assert post(receiver.url).status == 302
        assert inside.requests == []


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        answer = post(f"http://127.0.0.1:{free.getsockname()[1]}/")
    assert answer.status is None
    assert "refused" in answer.error


def test_a_receiver_that_hangs_up_or_talks_nonsense_is_a_failure():
    with listening(answer=lambda _: None) as receiver:
        assert post(receiver.url).status is None
    with talking(lambda connection: connection.sendall(b"no http at all\r\n\r\n")) as url:
        assert post(url).status is None


def test_one_byte_a_second_does_not_hold_us_longer_than_the_deadline():
    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(100):
            connection.sendall(b"x")
            time.sleep(0.1)

    with talking(drip) as url:
        began = time.monotonic()
        answer = post(url, transport=short(0.6))
    assert (answer.status, answer.error) == (None, "no answer in time")
    assert time.monotonic() - began < 2


def test_an_endless_answer_is_not_read():
    def flood(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            connection.sendall(b"x" * 65536)

    with talking(flood) as url:
        began = time.monotonic()
        assert post(url).is_taken
    assert time.monotonic() - began < 3


def test_endless_headers_end_it():
    def flood(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(100_000):
            connection.sendall(f"x-{number}: {'y' * 100}\r\n".encode())

    with talking(flood) as url:
        assert post(url).status is None


def test_local_addresses_are_called_only_where_that_is_allowed():
    with listening() as receiver:
        answer = post(receiver.url, allows_local=False)
        assert receiver.requests == []
    assert answer.error.startswith("not allowed")


@pytest.mark.parametrize(
    "number", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"]
)
def test_a_public_name_that_leads_inside_is_not_called(number):
    called = []
    answer = post("https://shop.example.org/", transport=calling([[number]], called))
    assert answer.error == f"not allowed: shop.example.org leads to {number}"
    assert called == []


def test_one_inside_address_among_good_ones_is_enough_to_refuse():
    called = []
    answer = post("https://shop.example.org/", transport=calling([["8.8.8.8", "10.0.0.1"]], called))
    assert answer.error.startswith("not allowed")
    assert called == []


def test_dns_rebinding_the_number_that_was_checked_is_the_one_that_is_called():
    """A name that answers publicly when it is checked and privately when it is called: it is asked once."""
    asked, called = [["8.8.8.8"], ["127.0.0.1"]], []
    answer = post("https://shop.example.org/", transport=calling(asked, called))
    assert called == [("8.8.8.8", 443)]
    assert asked == [["127.0.0.1"]]
    assert answer.status is None


def test_a_proxy_that_the_environment_names_is_not_used(monkeypatch):
    with listening() as proxy, listening() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert post(receiver.url).is_taken
        assert proxy.requests == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_certificate_sni_and_host_are_those_of_the_name(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop.example.org",
         "-addext", "subjectAltName=DNS:shop.example.org", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    names = []
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    server.sni_callback = lambda _, name, __: names.append(name)
    client = ssl.create_default_context(cafile=certificate)
    with listening(server) as receiver:

        def way(host):
            transport = GuardedTransport(
                deadline_s=5, resolve=lambda *_: ["127.0.0.1"], allows=lambda _: True, context=client
            )
            # The port of the test's server in place of 443, which needs rights.
            backend = transport._pool._network_backend
            connect = backend.connect_tcp
            backend.connect_tcp = lambda host, port, **options: connect(host, receiver.port, **options)
            return post(f"https://{host}/x", transport=lambda _: transport)

        assert way("shop.example.org").is_taken
        assert names == ["shop.example.org"]
        assert receiver.requests[0].headers["host"] == "shop.example.org"
        wrong = way("other.example.org")
        assert wrong.status is None
        assert "certificate" in wrong.error.lower()


def calling(answers, called):
    """A transport that asks ``answers`` in turn for the numbers of a name, and notes instead of calling."""

    def make(_):
        transport = GuardedTransport(deadline_s=5, resolve=lambda *_: answers.pop(0), allows=is_public)

        class Noting:
            def connect_tcp(self, host, port, timeout=None):
                called.append((host, port))
                raise OSError("not really")

        transport._pool._network_backend._sockets = Noting()
        return transport

    return make


@contextmanager
def talking(speak):
    """A server that reads a request and then says what it likes."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            try:
                speak(connection)
            except OSError:
                pass  # the other side has gone

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        server.close()
        thread.join(5)
