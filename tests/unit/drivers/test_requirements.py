"""What `doctor` is told of this machine."""

import os
from pathlib import Path

import pytest

from ownstream.drivers.process.cgroups import Tree
from ownstream.drivers.process.image import host_image, nearest_platform
from ownstream.drivers.process.requirements import Finding, findings, image_builders
from ownstream.drivers.process.tools import Tools
from ownstream.model.catalog import appstream


def by_name(found: object) -> dict[str, Finding]:
    return {finding.name: finding for finding in found}  # type: ignore[attr-defined]


def test_a_missing_program_is_named_with_what_installs_it() -> None:
    found = by_name(findings(Tools(xvnc="/nonexistent/Xvnc")))["Xvnc"]
    assert not found.ok
    assert found.needed
    assert "tigervnc-standalone-server" in found.mend


def test_a_sandbox_that_cannot_be_made_is_told_with_the_reason(tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: No permissions' >&2; exit 1\n")
    broken.chmod(0o755)
    # Where root asks, it asks as nobody, who must be able to run it.
    found = by_name(findings(Tools(bwrap=str(broken), setpriv="/nonexistent")))["user namespaces"]
    assert not found.ok
    assert found.needed
    assert found.mend


def test_without_control_groups_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("0::/\n")
    found = by_name(findings(tree=Tree(tmp_path, tmp_path / "own")))["control groups"]
    assert not found.ok
    assert not found.needed


def test_whether_image_builders_can_run_is_tried(tmp_path: Path) -> None:
    assert image_builders(Tools()).ok is (os.geteuid() == 0)
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no idmapped mounts' >&2; exit 1\n")
    broken.chmod(0o755)
    found = image_builders(Tools(python=str(broken)))
    assert not found.ok
    assert not found.needed
    assert ("idmapped" if os.geteuid() == 0 else "root") in found.why


def test_everything_needed_is_here() -> None:
    assert [finding.name for finding in findings() if finding.needed and not finding.ok] == []


@pytest.mark.parametrize(
    ("release", "platform"),
    [
        ({"ID": "debian"}, "UBUNTU_PRO_2404"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "ROCKY_LINUX8"),
        ({"ID": "ol", "ID_LIKE": "fedora rhel"}, "RHEL8"),
        ({"ID": "amzn"}, "AMAZON_LINUX2"),
        ({}, "UBUNTU_PRO_2404"),
    ],
)
def test_a_system_is_called_what_comes_nearest(release: dict[str, str], platform: str) -> None:
    assert nearest_platform(release) == platform
    assert platform in appstream().shape("PlatformType").enum


def test_the_host_is_an_image_with_applications() -> None:
    image = host_image()
    assert "xterm" in [application.name for application in image.applications]
    assert len({application.name for application in image.applications}) == len(image.applications)
