"""What an operator can set: options of the command line, or OWNSTREAM_... in the environment."""

import hashlib
import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One service's settings."""

    model_config = SettingsConfigDict(env_prefix="OWNSTREAM_")

    data_dir: Path = Field(Path("data"), description="Where everything that lasts is kept.")
    listen: str = Field("127.0.0.1:8095", description="HOST:PORT to serve on.")
    public_url: str = Field(
        "", description="The URL that browsers reach it by; empty: made from listen."
    )
    store_url: str = Field("", description="A SQLAlchemy URL; empty: SQLite in the data folder.")
    driver: Literal["process", "simulated"] = Field(
        "process",
        description="Where instances run: in processes of this machine, or nowhere (simulated).",
    )
    test_mode: bool = Field(
        False,
        description="Let whoever has a key turn the clock, lose instances and make calls fail.",
    )
    instances_dir: Path | None = Field(None, description="Where instances keep their files.")
    account: str = Field("000000000000", pattern=r"^\d{12}$", description="The first account's id.")
    region: str = Field("us-east-1", description="The region of the first account's profile.")
    url_reuse: bool = Field(
        False,
        description="Let several browsers use a streaming URL until it expires, as AWS does.",
    )
    tls_certificate: Path | None = Field(None, description="PEM file; none: one is made.")
    tls_key: Path | None = Field(None, description="PEM file of the certificate's key.")
    home_folders: str = Field(
        "",
        description="Where users' home folders are kept: a folder, or s3://bucket/prefix;"
        " empty: in the data folder.",
    )
    s3_endpoint: str = Field(
        "", description="The URL of an S3 service that s3:// means; empty: AWS's own."
    )
    s3_locations: str = Field(
        "",
        description="Where S3Location's buckets are: a folder that has one for each, or s3://;"
        " empty: in the data folder.",
    )
    user_attributes: Path | None = Field(
        None,
        description="A JSON file of users' attributes, by which they are entitled to applications;"
        " none: every user may start all of a fleet's.",
    )
    image_archives: str = Field(
        "ownstream-images",
        pattern=r"^[0-9a-z.-]{3,63}$",
        description="The bucket, among the S3 locations, that images are exported to.",
    )
    max_image_bytes: int = Field(
        64 * 1024**3, ge=0, description="The most that an image that is imported may hold."
    )
    max_fleets: int = Field(10, ge=0, description="Fleets of an account in a region.")
    max_image_builders: int = Field(
        10, ge=0, description="Image builders of an account in a region."
    )
    max_images: int = Field(10, ge=0, description="Images of an account's own in a region.")
    max_stacks: int = Field(10, ge=0, description="Stacks of an account in a region.")
    max_users: int = Field(50, ge=0, description="Users of an account's pool in a region.")
    smtp_host: str = Field(
        "",
        description="The mail server that takes the mail to users of the user pool; empty: mails"
        " are files in the data folder, for the operator to pass on.",
    )
    smtp_port: int = Field(587, gt=0, lt=65536, description="The mail server's port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to the mail server is kept private."
    )
    smtp_user: str = Field("", description="Whom the mail server knows; empty: nobody logs in.")
    smtp_password: SecretStr = Field(SecretStr(""), description="That user's password.")
    mail_from: str = Field(
        "ownstream <no-reply@localhost>", description="The sender that mails name."
    )
    reserved_memory_bytes: int = Field(
        1024**3,
        description="Memory that is not given to instances: the system's and the service's.",
    )

    @field_validator("listen")
    @classmethod
    def _is_address(cls, listen: str) -> str:
        host, _, port = listen.rpartition(":")
        if not (host and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"{listen!r} is not HOST:PORT, such as 127.0.0.1:8095")
        return listen

    @field_validator("home_folders")
    @classmethod
    def _is_place(cls, place: str) -> str:
        bucket = place.removeprefix("s3://").partition("/")[0]
        if place.startswith("s3:") and not (place.startswith("s3://") and bucket):
            raise ValueError(f"{place!r} is not s3://BUCKET/PREFIX")
        return place

    @field_validator("s3_locations")
    @classmethod
    def _is_folder_or_s3(cls, place: str) -> str:
        if place.startswith("s3:") and place != "s3://":
            raise ValueError(f"{place!r} is neither a folder nor s3://, which names no bucket")
        return place

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])

    @property
    def instances(self) -> Path:
        """Where instances keep their files.

        As root, instances run as users that may not enter the data folder, so it is a folder of
        the system's; the data folder's digest keeps several services apart.
        """
        if self.instances_dir is not None:
            return self.instances_dir
        if os.geteuid() != 0:
            return self.data_dir.resolve() / "instances"
        digest = hashlib.sha256(str(self.data_dir.resolve()).encode()).hexdigest()[:12]
        return Path("/var/lib/ownstream") / digest
