"""What Django is told of a request that an ASGI server took in."""

import asyncio

import pytest

from palier.api import limits
from palier.api.hot.long_way import WAITED_FOR, by_threads


def told(pieces=(), *, headers=(), path=b"/a", query=b"", counted=False, leaves=False):
    """The environment that the application got with its body as ``read``; the status and body that it answered."""
    seen = []

    def django(environ, start_response):
        length = environ.get("CONTENT_LENGTH")
        environ["read"] = environ["wsgi.input"].read(-1 if length is None else int(length))
        seen.append(environ)
        start_response("201 Created", [("Content-Type", "text/plain")])
        return [b"first, ", b"last"]

    left = list(pieces)
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/lossy", "raw_path": path,
        "root_path": "", "query_string": query, "headers": list(headers), "server": ("127.0.0.1", "80"),
        **({limits.COUNTED: True} if counted else {}),
    }  # fmt: skip
    sent = []

    async def receive():
        if leaves and not left:
            return {"type": "http.disconnect"}
        body = left.pop(0) if left else b""
        return {"type": "http.request", "body": body, "more_body": bool(left) or leaves}

    async def send(message):
        sent.append(message)

    asyncio.run(asyncio.wait_for(by_threads(django, threads=1)(scope, receive, send), 20))
    answer = (sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])) if sent else None
    return (seen[0] if seen else None), answer


CHUNKED = (b"transfer-encoding", b"chunked")


def test_an_answer_comes_back_whole():
    _, answer = told()
    assert answer == (201, b"first, last")


def test_a_body_that_comes_in_chunks_gets_the_length_that_it_has():
    environ, _ = told([b"abc", b"", b"de"], headers=[CHUNKED])
    assert (environ["CONTENT_LENGTH"], environ["read"]) == ("5", b"abcde")
    assert "HTTP_TRANSFER_ENCODING" not in environ


@pytest.mark.parametrize("headers", [[CHUNKED], [(b"content-length", b"%d" % (4 * WAITED_FOR))]])
def test_a_large_body_is_handed_on_while_it_comes(headers):
    pieces = [bytes([n]) * (WAITED_FOR // 2) for n in range(8)]
    environ, _ = told(pieces, headers=headers)
    assert environ["read"] == b"".join(pieces)
    assert environ["wsgi.input_terminated"]
    assert ("HTTP_TRANSFER_ENCODING" in environ) == (headers == [CHUNKED])


def test_nobody_is_asked_for_a_body_that_its_sender_does_not_finish():
    assert told([b"abc"], headers=[(b"content-length", b"9")], leaves=True) == (None, None)
    assert told([b"abc"], headers=[CHUNKED], leaves=True) == (None, None)


def test_an_address_is_the_bytes_that_were_sent():
    environ, _ = told(path=b"/a%2Fb/%C3%A9%FF/x%20y")
    assert environ["PATH_INFO"].encode("latin-1") == b"/a/b/\xc3\xa9\xff/x y"


def test_a_query_with_bare_bytes_is_as_if_it_were_written_properly():
    environ, _ = told(query="q=é&b=%C3%A9+1".encode())
    assert environ["QUERY_STRING"] == "q=%C3%A9&b=%C3%A9+1"


def test_a_header_with_an_underscore_cannot_stand_for_one_with_a_hyphen():
    environ, _ = told(headers=[(b"x_forwarded_proto", b"https"), (b"x-forwarded-for", b"10.0.0.1")])
    assert "HTTP_X_FORWARDED_PROTO" not in environ
    assert environ["HTTP_X_FORWARDED_FOR"] == "10.0.0.1"


def test_only_the_short_way_says_that_a_call_was_counted():
    assert told(counted=True)[0][limits.COUNTED] is True
    assert told(headers=[(limits.COUNTED.encode(), b"1")])[0][limits.COUNTED] is False
