"""What the package has logged, as events."""

import pytest

from ownstream.log import Event


def events(caplog: pytest.LogCaptureFixture) -> list[Event]:
    """Our own events, with their fields."""
    return [record.msg for record in caplog.records if isinstance(record.msg, Event)]
