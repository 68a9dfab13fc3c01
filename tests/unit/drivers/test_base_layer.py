"""What of the host an image builder's user gets to read."""

from pathlib import Path

import pytest

from ownstream.drivers.process import base_layer


@pytest.mark.parametrize("who", ["me:word", "token", ":word"])
def test_no_source_of_packages_that_has_a_secret_is_given(tmp_path: Path, who: str) -> None:
    apt = tmp_path / "apt"
    (apt / "sources.list.d").mkdir(parents=True)
    (apt / "sources.list").write_text("deb https://packages.example/debian stable main\n")
    (apt / "sources.list.d/own.list").write_text(f"deb https://{who}@packages.example/own ./\n")
    base_layer.copy_apt(apt, tmp_path / "given")
    assert [file.name for file in (tmp_path / "given").rglob("*.list")] == ["sources.list"]
