"""Control groups: where they go and what is written, on trees like the kernel's."""

from pathlib import Path

import pytest

from ownstream.drivers.process import cgroups
from ownstream.drivers.process.cgroups import Limits, Tree

GIB = 1 << 30
LIMITS = Limits(memory_bytes=GIB, cpus=1.5)


def v2(folder: Path, own: str, *, busy: tuple[str, ...] = (), bare: tuple[str, ...] = ()) -> Tree:
    """A v2 tree down to the group of this process; some groups with processes or no controllers."""
    mount = folder / "cgroup"
    for group in [Path(own), *Path(own).parents]:
        at = mount / str(group).lstrip("/")
        at.mkdir(parents=True, exist_ok=True)
        (at / "cgroup.controllers").write_text("" if str(group) in bare else "cpu memory pids io")
        (at / "cgroup.subtree_control").write_text("")
        (at / "cgroup.procs").write_text("1\n" if str(group) in busy else "")
        if str(group) != "/":
            (at / "cgroup.type").write_text("domain")
    (folder / "own").write_text(f"0::{own}\n")
    return Tree(mount=mount, own=folder / "own")


def v1(folder: Path, **own: str) -> Tree:
    """A v1 tree with this process in these groups."""
    mount = folder / "cgroup"
    for controller, path in own.items():
        (mount / controller / path.lstrip("/")).mkdir(parents=True)
    lines = [f"{n}:{name}:{path}" for n, (name, path) in enumerate(own.items(), 1)]
    (folder / "own").write_text("\n".join([*lines, "0::/"]))
    return Tree(mount=mount, own=folder / "own")


def read(*parts: str) -> str:
    return Path(*parts).read_text()


def test_v2_divides_the_topmost_group_that_is_ours_and_empty(tmp_path: Path) -> None:
    tree = v2(tmp_path, "/user/service", busy=("/user/service",))
    assert cgroups.places(tree, "n") == (str(tree.mount / "n"),)


def test_v2_takes_the_root_of_the_kernel_though_it_has_processes(tmp_path: Path) -> None:
    tree = v2(tmp_path, "/", busy=("/",))
    assert cgroups.places(tree, "n") == (str(tree.mount / "n"),)


def test_v2_leaves_groups_without_the_controllers_alone(tmp_path: Path) -> None:
    tree = v2(tmp_path, "/user/service", bare=("/",))
    assert cgroups.places(tree, "n") == (str(tree.mount / "user" / "n"),)


def test_v2_has_no_place_where_every_group_is_busy(tmp_path: Path) -> None:
    tree = v2(tmp_path, "/user/service", busy=("/user", "/user/service"), bare=("/",))
    assert cgroups.places(tree, "n") == ()


def test_v2_limits_the_applications_and_not_the_agent(tmp_path: Path) -> None:
    tree = v2(tmp_path, "/")
    (place,) = cgroups.places(tree, "n")
    cgroups.create(tree, (place,), LIMITS)
    for group in (str(tree.mount), place):
        assert read(group, "cgroup.subtree_control") == "+memory +cpu +pids"
    assert read(place, "apps", "memory.max") == str(GIB)
    assert read(place, "apps", "memory.swap.max") == "0"
    assert read(place, "apps", "cpu.max") == "150000 100000"
    assert int(read(place, "apps", "pids.max")) > 0
    assert list(Path(place, "agent").iterdir()) == []
    assert cgroups.entrances((place,), "apps") == [f"{place}/apps/cgroup.procs"]


def test_v1_stays_below_the_own_group_of_each_controller(tmp_path: Path) -> None:
    tree = v1(tmp_path, memory="/box/1", cpu="/", pids="/p")
    wanted = ("memory/box/1/n", "cpu/n", "pids/p/n")
    assert cgroups.places(tree, "n") == tuple(str(tree.mount / path) for path in wanted)


def test_v1_takes_the_mount_where_the_own_path_is_another_s(tmp_path: Path) -> None:
    tree = v1(tmp_path, memory="/", cpu="/", pids="/")
    tree.own.write_text("1:memory:/docker/abc\n2:cpu,cpuacct:/docker/abc\n3:pids:/docker/abc")
    assert cgroups.places(tree, "n")[1] == str(tree.mount / "cpu" / "n")


def test_v1_needs_all_three_controllers(tmp_path: Path) -> None:
    assert cgroups.places(v1(tmp_path, memory="/", cpu="/"), "n") == ()


def test_v1_limits_each_by_its_controller(tmp_path: Path) -> None:
    tree = v1(tmp_path, memory="/", cpu="/", pids="/")
    places = cgroups.places(tree, "n")
    cgroups.create(tree, places, LIMITS)
    memory, cpu, pids = places
    assert read(memory, "apps", "memory.limit_in_bytes") == str(GIB)
    assert read(memory, "apps", "memory.memsw.limit_in_bytes") == str(GIB)
    assert read(cpu, "apps", "cpu.cfs_quota_us") == "150000"
    assert read(cpu, "apps", "cpu.cfs_period_us") == "100000"
    assert int(read(pids, "apps", "pids.max")) > 0


def test_v2_limits_the_seats_of_an_instance_together(tmp_path: Path) -> None:
    tree = v2(tmp_path, "/")
    for name in ("n-1", "n-2"):
        own, shared = cgroups.places(tree, name), cgroups.seat_places(tree, "n.shared-i", name)
        cgroups.create_seat(tree, own, shared, LIMITS)
        assert read(str(tree.mount), "n.shared-i", "memory.max") == str(GIB)
        assert read(str(tree.mount), "n.shared-i", "cpu.max") == "150000 100000"
        assert read(shared[0], "cgroup.subtree_control") == "+memory +cpu +pids"
        assert int(read(shared[0], "apps", "pids.max")) > 0
        assert not Path(shared[0], "apps", "memory.max").exists()
        assert (Path(own[0], "agent").is_dir(), Path(own[0], "apps").exists()) == (True, False)


def test_v1_limits_the_seats_of_an_instance_together(tmp_path: Path) -> None:
    tree = v1(tmp_path, memory="/", cpu="/", pids="/")
    shared = cgroups.seat_places(tree, "n.shared-i", "n-1")
    cgroups.create_seat(tree, cgroups.places(tree, "n-1"), shared, LIMITS)
    memory, cpu, pids = (Path(folder) for folder in shared)
    assert read(str(memory.parent), "memory.limit_in_bytes") == str(GIB)
    assert read(str(cpu.parent), "cpu.cfs_quota_us") == "150000"
    assert int(read(str(pids), "apps", "pids.max")) > 0
    assert list((memory / "apps").iterdir()) == list((cpu / "apps").iterdir()) == []


def test_seats_are_found_in_what_they_share(tmp_path: Path) -> None:
    tree = v1(tmp_path, memory="/", cpu="/", pids="/")
    shared = cgroups.seat_places(tree, "n.shared-i", "n-1")
    cgroups.create_seat(tree, cgroups.places(tree, "n-1"), shared, LIMITS)
    found = cgroups.seats(tree, "n.shared-", "n-")
    assert {name: set(folders) for name, folders in found.items()} == {"1": set(shared)}
    assert cgroups.names(tree, "n-") == {"1"}


@pytest.mark.parametrize("text", ["max", "9223372036854771712"])
def test_the_memory_limit_of_the_service_itself_is_seen(tmp_path: Path, text: str) -> None:
    tree = v2(tmp_path, "/a")
    (tree.mount / "a" / "memory.max").write_text(text)
    assert cgroups.memory_limit(tree) == (None if text == "max" else int(text))


def test_groups_are_found_by_the_beginning_of_their_names(tmp_path: Path) -> None:
    tree = v2(tmp_path, "/")
    for name in ("ownstream-x-i-1", "ownstream-x-i-2", "ownstream-y-i-3"):
        (tree.mount / name).mkdir()
    assert cgroups.names(tree, "ownstream-x-") == {"i-1", "i-2"}


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "n" / "apps").mkdir(parents=True)
    for _ in range(2):
        cgroups.remove((str(tmp_path / "n"),))
    assert not (tmp_path / "n").exists()
