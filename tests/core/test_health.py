"""Whether what waits is worked off in time."""

import pytest

from palier.core.health import Health, Waiting

WELL = Health(
    workers=1, last_beat_s=60, accounts=Waiting(5, 900), intents=Waiting(0, 0), deliveries=Waiting(1, 3),
    messages=Waiting(2, 1), failed_deliveries=0, failed_messages=0, disabled_webhooks=0, failed_tasks=0,
    last_message_s=None,
)  # fmt: skip


def test_all_is_well_up_to_a_minute_of_silence_and_a_quarter_of_an_hour_of_waiting():
    assert WELL.problems() == ()


def with_(**more):
    return Health(**({name: getattr(WELL, name) for name in WELL.__slots__} | more))


@pytest.mark.parametrize("beat", [61, None])
def test_a_worker_that_is_silent_for_longer_than_a_minute_is_missed(beat):
    assert with_(last_beat_s=beat).problems() == ("no_worker",)


@pytest.mark.parametrize("name", ["accounts", "intents", "deliveries", "messages"])
def test_work_that_waits_for_longer_than_a_quarter_of_an_hour_is_late(name):
    assert with_(**{name: Waiting(1, 901)}).problems() == (f"late_{name}",)


def test_machines_are_told_every_figure():
    told = WELL.as_json()
    assert (told["status"], told["problems"], told["workers"]) == ("well", [], 1)
    assert (told["accounts"], told["last_message_s"]) == ({"count": 5, "oldest_s": 900}, None)
    assert set(told) == {"status", "problems", *WELL.__slots__}
    assert with_(workers=0, last_beat_s=None).as_json()["status"] == "late"
