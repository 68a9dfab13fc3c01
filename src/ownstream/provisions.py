"""What the settings provide a service with: addresses, a driver, storage, an AWS profile."""

import secrets
import shutil
from pathlib import Path

from ownstream import profile
from ownstream.certificate import own_certificate
from ownstream.clock import Clock
from ownstream.control.home_folders import HomeFolders
from ownstream.control.image_archives import ImageArchives
from ownstream.control.script_logs import ScriptLogs
from ownstream.control.setups import Setups
from ownstream.drivers.base import InstanceDriver
from ownstream.drivers.process import ProcessDriver
from ownstream.drivers.simulated import Agent, SimulatedDriver
from ownstream.keyring import Keyring
from ownstream.post.base import Post
from ownstream.post.folder import FolderPost
from ownstream.post.smtp import SmtpPost
from ownstream.settings import Settings
from ownstream.storage.base import HomeFolderStore
from ownstream.storage.folder_locations import FolderLocations
from ownstream.storage.lent_locations import LentLocations
from ownstream.storage.local import LocalStore
from ownstream.storage.locations import Locations
from ownstream.storage.packages import Packages
from ownstream.store import CredentialRow, Store

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def certificate(settings: Settings) -> tuple[Path, Path] | None:
    """Certificate and key to serve with; None on loopback, where browsers need none."""
    if settings.tls_certificate is not None:
        return settings.tls_certificate, settings.tls_key or settings.tls_certificate
    if settings.host in LOOPBACK:
        return None
    hosts = {settings.host, *LOOPBACK[:2]}
    if settings.public_url:
        hosts.add(settings.public_url.partition("://")[2].partition("/")[0].partition(":")[0])
    return own_certificate(settings.data_dir.resolve() / "tls", frozenset(hosts))


def public_url(settings: Settings) -> str:
    """The URL that browsers and clients reach the service by."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    scheme = "https" if certificate(settings) else "http"
    host = settings.host if settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1"  # noqa: S104
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


def driver_of(settings: Settings, clock: Clock) -> InstanceDriver:
    """Where instances of these settings run."""
    if settings.driver == "simulated":
        return SimulatedDriver(clock, agent=Agent(settings.instances.resolve() / "agent.sock"))
    return ProcessDriver(settings.instances, disks_dir=settings.data_dir.resolve() / "disks")


def home_folders_of(
    settings: Settings, store: Store, clock: Clock, driver: InstanceDriver
) -> HomeFolders | None:
    """Who keeps home folders; nobody where instances run nothing."""
    if isinstance(driver, SimulatedDriver):
        return None
    return HomeFolders(store, clock, _kept_in(settings))


def setups_of(
    settings: Settings, store: Store, clock: Clock, driver: InstanceDriver, locations: Locations
) -> Setups | None:
    """Who puts app blocks into instances; nobody where instances run nothing."""
    if isinstance(driver, SimulatedDriver):
        return None
    # On the instances' file system, so that they can be given files without copying them.
    packages = Packages(settings.instances.resolve() / ".app-blocks", locations)
    return Setups(store, clock, driver, packages, ScriptLogs(store, clock, locations))


def locations_of(settings: Settings) -> Locations:
    """Where the objects are in all buckets that the service reaches."""
    if settings.s3_locations == "s3://":
        from ownstream.storage.s3_locations import S3Locations  # boto3 takes its time, as above

        return S3Locations(endpoint=settings.s3_endpoint)
    place = settings.s3_locations
    return FolderLocations(Path(place) if place else settings.data_dir.resolve() / "s3")


def lent_locations(settings: Settings) -> Locations:
    """Where the objects are that S3Location names: in no bucket of the service's own."""
    own = {settings.image_archives}
    if settings.home_folders.startswith("s3://"):
        own.add(settings.home_folders.removeprefix("s3://").partition("/")[0])
    return LentLocations(locations_of(settings), own)


def archives_of(
    settings: Settings, store: Store, clock: Clock, driver: InstanceDriver
) -> ImageArchives:
    """Who exports and imports images. What an earlier run was amid is gone."""
    folder = settings.data_dir.resolve() / "archives"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return ImageArchives(
        store,
        driver,
        clock,
        locations_of(settings),
        bucket=settings.image_archives,
        most_bytes=settings.max_image_bytes,
        folder=folder,
    )


def _kept_in(settings: Settings) -> HomeFolderStore:
    place = settings.home_folders
    if place.startswith("s3://"):
        from ownstream.storage.s3 import S3Store  # boto3 takes its time to be imported

        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        return S3Store(bucket, prefix, endpoint=settings.s3_endpoint)
    return LocalStore(Path(place) if place else settings.data_dir.resolve() / "home-folders")


def post_of(settings: Settings) -> Post:
    """Where mail to users goes: to the mail server, else into the data folder."""
    if not settings.smtp_host:
        return FolderPost(settings.data_dir.resolve() / "mails", settings.mail_from)
    return SmtpPost(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_from,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
    )


def provide_profile(settings: Settings, store: Store, keyring: Keyring) -> None:
    """The AWS profile's files say where the service is; its key pair is made once."""
    folder = settings.data_dir.resolve() / "aws"
    pair = profile.key_pair(folder)
    if pair is None or not _knows(store, pair.access_key):
        pair = profile.KeyPair(f"OWN{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
        with store.transaction() as tx:
            tx.add(
                CredentialRow(
                    access_key=pair.access_key,
                    account=settings.account,
                    sealed_secret=keyring.seal(pair.secret_key.encode()),
                )
            )
    bundle = certificate(settings)
    profile.write(
        folder,
        pair,
        region=settings.region,
        endpoint_url=public_url(settings),
        ca_bundle=bundle[0] if bundle and settings.tls_certificate is None else None,
    )


def _knows(store: Store, access_key: str) -> bool:
    with store.snapshot() as tx:
        return tx.get(CredentialRow, access_key) is not None
