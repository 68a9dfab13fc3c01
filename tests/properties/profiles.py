"""How much is tried: quick and the same each time, or long and at random for developers.

`HYPOTHESIS_PROFILE=long` in the environment asks for the long one.
"""

import os

from hypothesis import HealthCheck, Phase, settings

_COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "print_blob": True,
}
# Shrinking a sequence takes minutes: the long profile is for whoever looks for a cause.
_QUICK = settings(derandomize=True, database=None, phases=[Phase.generate], **_COMMON)
_LONG = settings(derandomize=False, **_COMMON)


def tried(examples: int, *, steps: int = 50) -> settings:
    """Settings for so many examples of so many steps; the long profile has fifty times as many."""
    if os.environ.get("HYPOTHESIS_PROFILE") == "long":
        return settings(_LONG, max_examples=50 * examples, stateful_step_count=2 * steps)
    return settings(_QUICK, max_examples=examples, stateful_step_count=steps)
