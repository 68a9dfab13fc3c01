"""Every operation of the service model is either there or refused by its name."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ownstream.model.catalog import appstream, paging, python_name
from ownstream.operations.registry import written_operations
from tests.support.in_process import PROTOCOLS, Transport, client_of
from tests.support.samples import sample
from tests.support.services import api_of

WRITTEN = written_operations()
LEFT_OUT = "CreateStack"  # all are written; a newer model will have others


@pytest.fixture(scope="module", params=PROTOCOLS)
def retrying(request: pytest.FixtureRequest) -> tuple[Any, Transport]:
    """A client that tries again what is worth it, and what carries its requests."""
    written = {name: function for name, function in WRITTEN.items() if name != LEFT_OUT}
    transport = Transport(api_of(written))
    return client_of(transport, protocol=request.param, retries={"mode": "standard"}), transport


def test_every_operation_is_written() -> None:
    assert set(appstream().operations) == set(WRITTEN)


def test_an_operation_not_written_yet_says_so_once(retrying: tuple[Any, Transport]) -> None:
    client, transport = retrying
    before = len(transport.requests)
    members = sample(appstream().operations[LEFT_OUT].input_shape)
    message = f"{LEFT_OUT} is not implemented by ownstream yet"
    with pytest.raises(ClientError, match=message) as told:
        getattr(client, python_name(LEFT_OUT))(**members)
    assert told.value.response["Error"]["Code"] == "NotImplementedException"
    assert len(transport.requests) == before + 1


def test_every_operation_with_a_token_has_one_list_to_page() -> None:
    tokens = [
        name
        for name, model in appstream().operations.items()
        if "NextToken" in model.output_shape.members
    ]
    pages = {name: paging(appstream().operations[name]) for name in tokens}
    assert len(tokens) == len([page for page in pages.values() if page])


def test_botocores_paginators_page_what_the_framework_pages() -> None:
    for name, told in appstream().paginators.items():
        page = paging(appstream().operations[name])
        assert page
        assert page.items_member == told["result_key"]
        assert told.get("limit_key") in (None, page.size_member)


def test_the_model_is_read_by_both_protocols() -> None:
    assert set(PROTOCOLS) == set(appstream().protocols)
