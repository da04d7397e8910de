"""Where webhooks may go: the public internet over https, and nowhere inside (OWASP API7)."""

import pytest

from palier.core.webhook_address import InvalidWebhook, is_public, parse_webhook_address

_INSIDE = """
    http://shop.example.org/           https://                           https:///x
    ftp://shop.example.org/            file:///etc/passwd                 gopher://shop.example.org/
    javascript:alert(1)                //shop.example.org/                https://shop.example.org:22/
    https://shop.example.org:80/       https://shop.example.org:0/        https://shop.example.org:65536/
    https://shop.example.org:6379/     https://user:pass@shop.example.org/  https://user@shop.example.org/
    https://@shop.example.org/         https://shop.example.org@127.0.0.1/  https://shop.example.org#@127.0.0.1/
    https://shop.example.org\\@10.0.0.1/  https://localhost/              https://LOCALHOST/
    https://localhost./                https://app.localhost/             https://printer.local/
    https://metadata.google.internal/  https://intranet/                  https://db/
    https://127.0.0.1/                 https://127.1/                     https://127.0.1/
    https://2130706433/                https://0x7f000001/                https://0x7f.0.0.1/
    https://0177.0.0.1/                https://0/                         https://0.0.0.0/
    https://10.0.0.1/                  https://172.16.0.1/                https://172.31.255.255/
    https://192.168.1.1/               https://100.64.0.1/                https://100.100.100.200/
    https://169.254.169.254/           https://168.63.129.16/             https://192.0.0.192/
    https://192.0.2.1/                 https://198.18.0.1/                https://198.51.100.1/
    https://203.0.113.1/               https://224.0.0.1/                 https://255.255.255.255/
    https://240.0.0.1/                 https://[::1]/                     https://[::]/
    https://[::ffff:127.0.0.1]/        https://[::ffff:8.8.8.8]/          https://[::127.0.0.1]/
    https://[64:ff9b::7f00:1]/         https://[2002:7f00:1::]/           https://[2001::1]/
    https://[fe80::1]/                 https://[fe80::1%25eth0]/          https://[fc00::1]/
    https://[fd00:ec2::254]/           https://[ff02::1]/                 https://[2001:db8::1]/
    https://[127.0.0.1]/               https://[shop]/                    https://1.2.3/
    https://1.2.3.4.5/                 https://shop..example.org/         https://-shop.example.org/
    https://shop.example.org/<script>
    https://%31%32%37.0.0.1/           https://①②⑦.0.0.1/                 https://ｓhop.example.org/
"""
INSIDE = [
    *_INSIDE.split(),
    "https://shop.example.org/a b",
    "https://shop.example.org/\r\nX: y",
    " https://shop.example.org/",
    "",
    "x" * 3000,
]
_OUTSIDE = """
    https://shop.example.org  https://shop.example.org/loyalty?shop=1&x=%20  https://SHOP.Example.org:443/a/b;c,d
    https://shop.example.org:8443/  https://xn--caf-dma.example.org/  https://8.8.8.8/  https://[2606:4700::1111]/
    https://hooks.shop-1.co.uk/~palier/[1]
"""
HERE = {"https://127.0.0.1/", "https://[::1]/", "https://localhost/"}
OUTSIDE = _OUTSIDE.split()
LOCAL = [
    "http://localhost:8000/x",
    "http://127.0.0.1:9/",
    "https://127.0.0.2/",
    "http://[::1]:8080/",
    "http://localhost/",
]


@pytest.mark.parametrize("url", INSIDE)
def test_what_leads_inside_or_may_be_read_in_two_ways_is_refused(url):
    with pytest.raises(InvalidWebhook):
        parse_webhook_address(url, allows_local=False)
    if url.lower() not in HERE:
        with pytest.raises(InvalidWebhook):
            parse_webhook_address(url, allows_local=True)


@pytest.mark.parametrize("url", OUTSIDE)
def test_public_addresses_are_taken(url):
    address = parse_webhook_address(url, allows_local=False)
    assert address.scheme == "https"
    assert address.host == address.host.lower()


@pytest.mark.parametrize("url", LOCAL)
def test_this_machine_is_called_only_in_demo_and_development(url):
    assert parse_webhook_address(url, allows_local=True).is_loopback
    with pytest.raises(InvalidWebhook):
        parse_webhook_address(url, allows_local=False)


def test_names_and_nonsense_are_no_public_numbers():
    for text in ("shop.example.org", "", "1.2.3", "fe80::1%eth0", "8.8.8.8/24", " 8.8.8.8"):
        assert not is_public(text)
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")
