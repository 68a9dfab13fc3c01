"""UserSettings: one setting for each action, whatever has been asked for."""

from hypothesis import given
from hypothesis import strategies as st

from ownstream.domain.user_settings import (
    CLIPBOARD,
    DEFAULT_PERMISSIONS,
    MOST_CHARACTERS,
    complete_settings,
)

SETTINGS = st.lists(
    st.fixed_dictionaries(
        {
            "Action": st.sampled_from(sorted(DEFAULT_PERMISSIONS)),
            "Permission": st.sampled_from(["ENABLED", "DISABLED"]),
        }
    ),
    unique_by=lambda setting: setting["Action"],
)


@given(SETTINGS, SETTINGS)
def test_the_last_word_on_each_action_counts(
    first: list[dict[str, str]], last: list[dict[str, str]]
) -> None:
    said = [*DEFAULT_PERMISSIONS.items()]
    said += [(setting["Action"], setting["Permission"]) for setting in (*first, *last)]
    found = complete_settings(first, last)
    assert [(s["Action"], s["Permission"]) for s in found] == [*dict(said).items()]


@given(SETTINGS)
def test_only_an_enabled_clipboard_has_a_length(settings: list[dict[str, str]]) -> None:
    for setting in complete_settings(settings):
        lengthy = setting["Action"] in CLIPBOARD and setting["Permission"] == "ENABLED"
        assert setting.get("MaximumLength") == (MOST_CHARACTERS if lengthy else None)


@given(SETTINGS)
def test_settings_that_are_complete_stay_as_they_are(settings: list[dict[str, str]]) -> None:
    complete = complete_settings(settings)
    assert complete_settings(complete) == complete
