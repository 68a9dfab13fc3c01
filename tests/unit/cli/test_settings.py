"""What an operator sets wrongly is refused in words, before anything is made."""

from pathlib import Path

import pytest

from ownstream.cli.serve import serve


def test_a_driver_that_there_is_not_is_refused_with_those_that_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OWNSTREAM_DRIVER", "cloud")
    assert serve({"data_dir": tmp_path / "data"}) == 2
    assert "--driver: Input should be 'process' or 'simulated'" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()
