"""What an image builder's administrator may ask of the service."""

import json

import pytest

from ownstream.agent.making import MOST_PARTS, request
from ownstream.channel.framing import FramingError

LARGEST = {  # that the service takes: of fifty applications, with all their texts of commas alone
    "tags": {f"{number}": "," * 256 for number in range(50)},
    "applications": [{"path": "," * 1024, "parameters": "," * 1024, "directory": "," * 1024}] * 50,
}


def test_a_request_is_heard_as_it_came() -> None:
    assert request(json.dumps(LARGEST).encode()) == LARGEST


@pytest.mark.parametrize("part", ["[]", "{}", "0"])
def test_a_request_of_very_many_parts_is_not_read(part: str) -> None:
    crowded = '{"x":[' + ",".join([part] * MOST_PARTS) + "]}"
    with pytest.raises(FramingError, match="too many parts"):
        request(crowded.encode())
