"""Histories that Hypothesis tells agree with the model after every step (G1); HYPOTHESIS_PROFILE=explore for more."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.machine import Shopping

EXAMPLES, STEPS = 12, 20


@pytest.mark.slow
@pytest.mark.django_db
def test_after_every_step_the_database_is_what_the_model_says():
    wanted = settings.default.max_examples if settings.default.max_examples > 100 else EXAMPLES
    chosen = settings(max_examples=wanted, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Shopping, settings=chosen)
