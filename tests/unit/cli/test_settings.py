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


@pytest.mark.parametrize("place", ["s3:bucket", "s3://", "s3:///prefix", "s3:/bucket"])
def test_a_bucket_that_is_none_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    monkeypatch.setenv("OWNSTREAM_HOME_FOLDERS", place)
    assert serve({"data_dir": tmp_path / "data"}) == 2
    assert f"--home-folders: {place!r} is not s3://BUCKET/PREFIX" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("place", ["s3:bucket", "s3://bucket", "s3:/"])
def test_a_bucket_is_no_place_for_buckets(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    monkeypatch.setenv("OWNSTREAM_S3_LOCATIONS", place)
    assert serve({"data_dir": tmp_path / "data"}) == 2
    assert f"--s3-locations: {place!r} is neither a folder nor s3://" in capsys.readouterr().err
