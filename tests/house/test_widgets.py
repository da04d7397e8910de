"""The script that shops load is the one that its sources make, and stays small. Nobody needs Node to know."""

import gzip
import json
import re
from hashlib import sha256

from tests.house.checkout import PACKAGE, ROOT

SOURCES = ROOT / "widgets" / "source"
BUILT = PACKAGE / "storefront" / "static" / "palier" / "widget" / "palier.js"
BYTES_MAX = 12_000


def test_the_script_was_built_from_the_sources_as_they_are():
    digest = sha256()
    for source in sorted(SOURCES.iterdir()):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    first = BUILT.read_text(encoding="utf-8").partition("\n")[0]
    said = re.search(r"Sources: ([0-9a-f]{64})", first)
    assert said is not None
    assert said[1] == digest.hexdigest(), "build it anew: cd widgets && npm ci && npm run build"


def test_wid_6_the_script_is_at_most_12_kilobytes_gzipped():
    assert len(gzip.compress(BUILT.read_bytes(), 9)) <= BYTES_MAX


def test_wid_6_the_script_keeps_nothing_and_calls_nobody_else():
    text = BUILT.read_text(encoding="utf-8")
    assert [
        word
        for word in ("cookie", "localStorage", "sessionStorage", "indexedDB", "http://", "https://", "eval(")
        if word in text
    ] == []


def test_the_lock_of_the_widgets_names_no_place_to_fetch_from():
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "widgets" / ".npmrc").read_text(encoding="utf-8")
    lock = json.loads((ROOT / "widgets" / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
