"""Systems made of layers: what an image builder writes, and what instances of an image see."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ownstream.control import inside
from ownstream.domain.layers import is_base, new_layer_id
from ownstream.drivers.base import InstanceSpec, Terminal, Transient
from ownstream.drivers.process import ProcessDriver
from ownstream.drivers.process.disks import MOST_LAYERS, Disks
from tests.drivers.remains import remains
from tests.support.debian import package
from tests.support.instances import IMAGE, Inside, launch, launch_ready, run, spec

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give layers to users")

VOLUME = "v-0123456789abcdef"
Shell = Callable[..., str]


@pytest.fixture(scope="module")
def disks_dir() -> Iterator[Path]:
    """One folder for all: the lowest layer takes its time, and is the same for each."""
    top = Path(tempfile.mkdtemp(prefix="ownstream-disks-", dir="/var/tmp"))
    asyncio.run(Disks(top).base())
    yield top
    subprocess.run(["/bin/rm", "-rf", str(top)], check=True)


@pytest.fixture
def driver(folder: Path, disks_dir: Path) -> Iterator[ProcessDriver]:
    """The process driver; no volume outlives the test."""
    made = ProcessDriver(folder, disks_dir=disks_dir)
    yield made
    for volume in run(made.disks.volumes()):
        run(made.disks.discard(volume))
    run(made.close())


@pytest.fixture
def base(driver: ProcessDriver) -> str:
    """The lowest layer."""
    return run(driver.disks.base())


def builder_spec(*layers: str, id_: str = "i-builder", volume: str = VOLUME) -> InstanceSpec:
    return spec(id_, image=replace(IMAGE, layers=layers), view="DESKTOP", volume=volume)


@contextmanager
def builder(driver: ProcessDriver, folder: Path, wanted: InstanceSpec) -> Generator[Shell]:
    """An image builder that runs; a shell in it, whose commands have to succeed."""
    handle = run(launch_ready(driver, wanted))

    def shell(script: str, given: bytes = b"", status: int = 0) -> str:
        printed: list[bytes] = []
        argv = ["/bin/sh", "-c", script]
        endpoint = f"unix:{folder / wanted.id / 'run' / 'agent.sock'}"
        ended = run(inside.run(endpoint, argv, given=given, on_output=printed.append))
        text = b"".join(printed).decode()
        assert ended == status, text
        return text

    yield shell
    run(driver.retire(wanted.id, handle))


def frozen(driver: ProcessDriver, folder: Path, base: str, script: str, given: bytes = b"") -> str:
    """A layer of what this script changes."""
    with builder(driver, folder, builder_spec(base)) as shell:
        shell(script, given)
    layer = new_layer_id()
    run(driver.disks.freeze(VOLUME, layer))
    return layer


@contextmanager
def instance(driver: ProcessDriver, folder: Path, *layers: str) -> Generator[Inside]:
    """An instance of the image that these layers are, asked from inside."""
    handle = run(launch_ready(driver, spec("i-1", image=replace(IMAGE, layers=layers))))
    with Inside(folder, "i-1", handle) as probe:
        yield probe
    run(driver.retire("i-1", handle))


def test_a_package_is_installed_in_an_image_builder(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    """With files of an account of its own, which the package makes."""
    with builder(driver, folder, builder_spec(base)) as shell:
        shell("cat > /tmp/it.deb && dpkg -i /tmp/it.deb", package("own-tool", account="own-tool"))
        assert shell("dpkg-query -W -f '${Status}' own-tool") == "install ok installed"
        assert shell("stat -c %U /opt/own-tool") == "own-tool\n"
        assert shell("id -u") == "0\n"
    assert remains(folder) == {}


def test_apt_takes_a_package_of_the_host_away(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    with builder(driver, folder, builder_spec(base)) as shell:
        shell("DEBIAN_FRONTEND=noninteractive apt-get remove -y galculator")
        shell("test ! -e /usr/bin/galculator")
    assert Path("/usr/bin/galculator").exists()


def test_what_an_image_builder_wrote_is_there_when_it_starts_again(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    with builder(driver, folder, builder_spec(base)) as shell:
        shell("echo 1 > /usr/one; echo 2 > ~/two; rm -r /usr/share/galculator")
    with builder(driver, folder, builder_spec(base, id_="i-again")) as shell:
        assert shell("cat /usr/one ~/two") == "1\n2\n"
        shell("test ! -e /usr/share/galculator")


def test_an_instance_has_what_the_layers_of_its_image_have(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    tool = "mkdir /opt/tool; echo hello > /opt/tool/said; echo x > /etc/tool; echo p > /etc/skel/p"
    first = frozen(driver, folder, base, tool)
    with builder(driver, folder, builder_spec(base, first)) as shell:
        shell("rm /etc/tool; rm -r /opt/tool; mkdir /opt/tool; echo bye > /opt/tool/other")
    second = new_layer_id()
    run(driver.disks.freeze(VOLUME, second))

    with instance(driver, folder, base, first) as probe:
        assert probe.value("open('/opt/tool/said').read()") == "hello\n"
        assert probe.value("os.listdir('/opt/tool')", "import os") == ["said"]
        assert probe.value("open(os.path.expanduser('~/p')).read()", "import os") == "p\n"
    with instance(driver, folder, base, first, second) as probe:
        assert probe.value("os.listdir('/opt/tool')", "import os") == ["other"]
        assert probe.value("os.path.exists('/etc/tool')", "import os") is False
    assert remains(folder) == {}


def test_nobody_writes_to_the_layers_of_an_image(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    layer = frozen(driver, folder, base, "echo x > /opt/x; chmod 777 /opt /opt/x; mkdir /etc/own")
    with instance(driver, folder, base, layer) as probe:
        for path in ("/opt/x", "/opt/new", "/usr/new", "/etc/own/new", "/var/new"):
            assert probe.error(f"open({path!r}, 'w')") in ("OSError", "PermissionError")
    with builder(driver, folder, builder_spec(base, layer, volume="v-fedcba9876543210")) as shell:
        shell("echo changed > /opt/x; rm -r /etc/own")
    with instance(driver, folder, base, layer) as probe:
        assert probe.value("open('/opt/x').read()") == "x\n"


def test_an_image_builder_writes_none_of_the_hosts_files(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    tools = Path("/usr/share/galculator")
    before = sorted(path.name for path in tools.rglob("*"))
    with builder(driver, folder, builder_spec(base)) as shell:
        shell("rm -r /usr/share/galculator; echo x > /usr/own-test; echo x > /etc/own-test")
        shell("mount -o remount,rw / || true; mount --bind /usr /mnt 2>&1 || true; ls /mnt")
    assert sorted(path.name for path in tools.rglob("*")) == before
    assert not Path("/usr/own-test").exists()
    assert not Path("/etc/own-test").exists()


def test_an_image_builder_reads_no_secret_of_the_hosts(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    with builder(driver, folder, builder_spec(base)) as shell:
        shadow = [line.split(":")[1] for line in shell("cat /etc/shadow").splitlines()]
        assert set(shadow) == {"*"}
        people = [line.split(":") for line in Path("/etc/passwd").read_text().splitlines()]
        names = {name for name, _, uid, *_ in people if 1000 <= int(uid) < 65534}
        known = {line.split(":")[0] for line in shell("cat /etc/passwd").splitlines()}
        assert not names & known
        shell("test ! -e /etc/ssh/ssh_host_ed25519_key")
        shell(f"test ! -e {driver.disks.layers_folder}")
        assert shell("ls /root /home") == "/home:\nas2-streaming-user\n\n/root:\n"


def test_an_image_builder_makes_no_device_and_no_mark_of_an_overlay(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    """A whiteout that its user made could uncover what lies below for others."""
    forge = "import os; os.setxattr('/opt', 'trusted.overlay.opaque', b'y')"
    with builder(driver, folder, builder_spec(base)) as shell:
        shell("mknod /opt/null c 1 3", status=1)
        shell("mknod /opt/gone c 0 0", status=1)
        shell(f'python3 -c "{forge}"', status=1)


def test_files_on_disk_have_the_ids_that_they_have_inside(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    """So that a layer is the same whoever's user ids made it."""
    layer = frozen(driver, folder, base, "touch /opt/a /opt/b; chown 33:34 /opt/b")
    on_disk = driver.disks.layer(layer) / "opt"
    assert [(at.stat().st_uid, at.stat().st_gid) for at in (on_disk / "a", on_disk / "b")] == [
        (0, 0),
        (33, 34),
    ]
    assert driver.disks.layers_folder.stat().st_mode & 0o777 == 0o700


def test_two_image_builders_see_nothing_of_each_other(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    one, other = builder_spec(base), builder_spec(base, id_="i-2", volume="v-1111111111111111")
    with builder(driver, folder, one) as first, builder(driver, folder, other) as second:
        first("echo mine > /opt/mine; echo mine > ~/mine")
        second("test ! -e /opt/mine && test ! -e ~/mine")
        ids = {
            shell("cut -d' ' -f1 /proc/self/uid_map; awk '{print $2}' /proc/self/uid_map")
            for shell in (first, second)
        }
        assert len(ids) == 2


def test_a_layer_is_frozen_once(driver: ProcessDriver, folder: Path, base: str) -> None:
    layer = frozen(driver, folder, base, "echo x > /opt/x")
    run(driver.disks.freeze(VOLUME, layer))
    assert (driver.disks.layer(layer) / "opt/x").read_text() == "x\n"
    assert not (driver.disks.volume(VOLUME) / "opt/upper/x").exists()
    assert layer in run(driver.disks.layers())
    run(driver.disks.remove(layer))
    run(driver.disks.remove(layer))
    run(driver.disks.discard(VOLUME))
    assert layer not in run(driver.disks.layers())
    assert run(driver.disks.volumes()) == []


def test_a_freezing_that_was_cut_short_loses_nothing(disks_dir: Path) -> None:
    disks, layer = Disks(disks_dir), new_layer_id()
    volume = disks.open_volume(VOLUME)
    for tree in ("usr", "etc"):
        (volume / tree / "upper" / "mine").write_text(tree)
    in_the_way = str(volume / "etc" / "upper")
    subprocess.run(["mount", "--bind", in_the_way, in_the_way], check=True)
    try:
        with pytest.raises(Transient):
            run(disks.freeze(VOLUME, layer))
    finally:
        subprocess.run(["umount", in_the_way], check=True)
    assert layer not in run(disks.layers())
    run(disks.freeze(VOLUME, layer))
    for tree in ("usr", "etc"):
        assert (disks.layer(layer) / tree / "mine").read_text() == tree
        assert list((volume / tree / "upper").iterdir()) == []
    run(disks.remove(layer))
    run(disks.discard(VOLUME))


def test_what_an_earlier_run_was_amid_is_gone(tmp_path: Path) -> None:
    Disks(tmp_path).staging()
    again, freezing = Disks(tmp_path), new_layer_id()
    (tmp_path / "staging" / freezing).mkdir()
    mine = [again.staging().name, again.staging().name]
    assert sorted(os.listdir(tmp_path / "staging")) == sorted([*mine, freezing])


def test_a_layer_whose_removal_is_cut_short_is_none_any_more(tmp_path: Path) -> None:
    disks, layer = Disks(tmp_path), new_layer_id()
    place = disks.layer(layer)
    (place / "usr").mkdir(parents=True)
    subprocess.run(["mount", "--bind", str(place / "usr"), str(place / "usr")], check=True)
    try:
        with pytest.raises(Transient):
            run(disks.remove(layer))
        assert run(disks.layers()) == []
    finally:
        [busy] = tmp_path.rglob("usr")
        subprocess.run(["umount", str(busy)], check=True)


@pytest.mark.parametrize("name", ["..", "../x", "l-../../etc", "l-0123456789abcdef/..", "", "l-"])
def test_the_name_of_a_layer_is_no_path(driver: ProcessDriver, name: str) -> None:
    with pytest.raises(Terminal, match="no name"):
        driver.disks.layer(name)
    with pytest.raises(Terminal, match="no name"):
        run(driver.disks.freeze(VOLUME, name))
    with pytest.raises(Terminal, match="no name"):
        run(driver.disks.discard(name))


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (["l-0123456789abcdef"], "is not there"),
        (["l-0123456789abcdef"] * (MOST_LAYERS + 1), f"{MOST_LAYERS} can be laid"),
    ],
    ids=["one that is gone", "too many"],
)
def test_layers_that_cannot_be_had_are_said_so(
    driver: ProcessDriver, folder: Path, layers: list[str], words: str
) -> None:
    with pytest.raises(Terminal, match=words):
        run(launch(driver, builder_spec(*layers)))
    run(driver.retire("i-builder", None))
    assert remains(folder) == {}


def test_the_lowest_layer_is_made_once(driver: ProcessDriver, base: str) -> None:
    assert run(driver.disks.base()) == base
    assert [layer for layer in run(driver.disks.layers()) if is_base(layer)] == [base]


def test_a_link_in_a_layer_leads_nowhere_on_the_host(
    driver: ProcessDriver, folder: Path, base: str
) -> None:
    """What follows it does so inside the instance, where the host's file is not."""
    layer = frozen(driver, folder, base, "ln -s /etc/shadow /opt/secret; ln -s /root /opt/root")
    with instance(driver, folder, base, layer) as probe:
        assert probe.error("open('/opt/secret').read()") == "PermissionError"
        assert probe.error("os.listdir('/opt/root')", "import os") == "FileNotFoundError"


def test_a_link_for_a_tree_of_a_layer_leads_nowhere_on_the_host(
    driver: ProcessDriver, folder: Path, base: str, tmp_path: Path
) -> None:
    (tmp_path / "seen").write_text("the host's")
    layer = new_layer_id()
    place = driver.disks.layer(layer)
    place.mkdir()
    (place / "opt").symlink_to(tmp_path)
    with instance(driver, folder, base, layer) as probe:
        assert probe.error("open('/opt/seen').read()") == "FileNotFoundError"
