"""botocore's data files, shared by the sessions of a process."""

import json
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

import ownstream
from ownstream.model.loader import shared_loader


def test_sessions_share_what_is_read() -> None:
    one, other = shared_loader(), shared_loader()
    for name in ("service-2", "paginators-1", "waiters-2"):
        read: Any = one.load_service_model("appstream", name)
        assert read is other.load_service_model("appstream", name)
    assert one.load_data("endpoints") is other.load_data("endpoints")


def test_it_finds_what_botocores_own_finds() -> None:
    usual: Any = botocore.session.Session().get_component("data_loader")
    ours = shared_loader()
    assert ours.search_paths == usual.search_paths
    assert ours.list_available_services("service-2") == usual.list_available_services("service-2")
    found = ours.load_service_model("appstream", "endpoint-rule-set-1")
    assert found == usual.load_service_model("appstream", "endpoint-rule-set-1")
    with pytest.raises(UnknownServiceError):
        ours.load_service_model("apstream", "service-2")


def test_a_folder_of_one_session_is_not_anothers(tmp_path: Path) -> None:
    model = tmp_path / "made-up" / "2026-01-01" / "service-2.json"
    model.parent.mkdir(parents=True)
    model.write_text(json.dumps({"metadata": {"serviceId": "made up"}}))
    shared_loader().list_available_services("service-2")
    with_folder = shared_loader(str(tmp_path))
    assert with_folder.load_service_model("made-up", "service-2")["metadata"]
    with pytest.raises(UnknownServiceError):
        shared_loader().load_service_model("made-up", "service-2")


def test_what_boto3_adds_to_the_search_stays_with_its_session() -> None:
    with ownstream.Session() as one, ownstream.Session() as other:
        boto3.Session(botocore_session=one)
        paths = [session.get_component("data_loader").search_paths for session in (one, other)]
        assert len(paths[0]) == len(paths[1]) + 1
