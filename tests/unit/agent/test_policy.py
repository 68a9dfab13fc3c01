"""What a list of UserSettings grants."""

import pytest

from ownstream.agent.policy import Policy, policy
from ownstream.domain.user_settings import DEFAULT_PERMISSIONS, MOST_CHARACTERS, complete_settings


def test_the_defaults_of_a_stack_grant_clipboard_and_files() -> None:
    granted = policy(complete_settings())
    assert granted == Policy(MOST_CHARACTERS, MOST_CHARACTERS, upload=True, download=True)


def test_without_settings_nothing_is_granted() -> None:
    assert policy([]) == Policy(0, 0, upload=False, download=False)


@pytest.mark.parametrize(
    ("action", "left"),
    [
        (
            "CLIPBOARD_COPY_FROM_LOCAL_DEVICE",
            Policy(0, MOST_CHARACTERS, upload=True, download=True),
        ),
        ("CLIPBOARD_COPY_TO_LOCAL_DEVICE", Policy(MOST_CHARACTERS, 0, upload=True, download=True)),
        ("FILE_UPLOAD", Policy(MOST_CHARACTERS, MOST_CHARACTERS, upload=False, download=True)),
        ("FILE_DOWNLOAD", Policy(MOST_CHARACTERS, MOST_CHARACTERS, upload=True, download=False)),
    ],
)
def test_what_a_stack_disables_is_not_granted(action: str, left: Policy) -> None:
    assert action in DEFAULT_PERMISSIONS
    assert policy(complete_settings([{"Action": action, "Permission": "DISABLED"}])) == left


def test_a_maximum_length_is_kept() -> None:
    setting = {"Action": "CLIPBOARD_COPY_TO_LOCAL_DEVICE", "Permission": "ENABLED"}
    assert policy(complete_settings([{**setting, "MaximumLength": 7}])).copy_out == 7
