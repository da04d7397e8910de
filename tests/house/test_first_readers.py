"""What is read into structs is looked up while one thread imports: several who look it up at once crash the process."""

import json
import subprocess
import sys

import pytest

WATCHED = """
import json, sys
import django
django.setup()
from palier.core.cart_quick import quick_cart
from palier.store.holds.load import hold_of

seen = []
def watch(frame, event, argument):
    if event == "call" and "msgspec" in frame.f_code.co_filename:
        seen.append(frame.f_code.co_name)

def cart():
    message = {"lines": [{"product": "mug", "price": 25}], "member": "anna"}
    assert quick_cart(message, currency="EUR", exponent=2, id="x") is not None

def hold():
    quote = {"discounts": [], "promo_codes": [], "free_shipping": "all", "total_minor": 0, "earns": 0}
    assert hold_of(["h", 1, "k", "d", quote, "2026-01-01T00:00:00+00:00", "held"]).id == "h"

sys.setprofile(watch)
{"cart": cart, "hold": hold}[sys.argv[1]]()
sys.setprofile(None)
print(json.dumps(seen))
"""
"""msgspec looks a struct's types up in Python, where threads take turns, and shows the others what is half done."""


@pytest.mark.once
@pytest.mark.parametrize("what", ["cart", "hold"])
def test_the_first_who_reads_in_a_process_finds_all_types_looked_up(what):
    words = [sys.executable, "-c", WATCHED, what]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == []
