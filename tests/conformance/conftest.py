"""Clients and services that the tests generated from the model share."""

from typing import Any

import pytest

from ownstream.model.catalog import appstream
from tests.support.in_process import PROTOCOLS, Transport, client_of
from tests.support.probes import probe
from tests.support.samples import sample
from tests.support.services import api_of


@pytest.fixture(scope="session", params=PROTOCOLS)
def probing_client(request: pytest.FixtureRequest) -> Any:
    """A client, of either protocol, of a service that has every operation of the model.

    It checks nothing by itself, so that the service must.
    """
    operations = {
        name: probe(name, sample(model.output_shape, whole=True))
        for name, model in appstream().operations.items()
    }
    transport = Transport(api_of(operations))
    return client_of(transport, protocol=request.param, parameter_validation=False)
