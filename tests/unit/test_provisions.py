"""What the settings provide a service with."""

import io
from pathlib import Path

import pytest

from ownstream.provisions import lent_locations, locations_of
from ownstream.settings import Settings
from ownstream.storage.locations import Location, NoSuchName


@pytest.mark.parametrize(
    ("bucket", "given"),
    [
        ("ownstream-images", {}),
        ("archives", {"image_archives": "archives"}),
        ("homes", {"home_folders": "s3://homes/below"}),
    ],
    ids=["archives of images", "other archives of images", "home folders"],
)
def test_accounts_name_no_bucket_of_the_services_own(
    tmp_path: Path, bucket: str, given: dict[str, str]
) -> None:
    settings = Settings(data_dir=tmp_path, **given)  # pyright: ignore[reportArgumentType]
    location = Location(bucket, "object")
    locations_of(settings).write(location, io.BytesIO(b"content"))
    with pytest.raises(NoSuchName):
        lent_locations(settings).look(location)
