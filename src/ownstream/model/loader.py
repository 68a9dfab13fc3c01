"""Botocore's data files, read once for the process whichever session asks.

Half of what a new botocore session costs is to read the same files again, and a test suite makes a
session per test. The readers never change what they are given.
"""

from collections.abc import Callable
from typing import Any

from botocore.loaders import Loader, create_loader

# By where was looked and what for: users may add folders to the search paths of one session.
_FOUND: dict[tuple[Any, ...], Any] = {}


class SharedLoader(Loader):
    """botocore's loader, which asks for nothing that another of these has found."""

    def list_available_services(self, type_name: str) -> Any:
        return self._found(super().list_available_services, type_name)

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> Any:
        return self._found(super().load_service_model, service_name, type_name, api_version)

    def load_data_with_path(self, name: str) -> Any:
        return self._found(super().load_data_with_path, name)

    def _found(self, find: Callable[..., Any], *asked: str | None) -> Any:
        # Two threads may both find it, and find the same.
        key = (*self.search_paths, find.__name__, *asked)
        if key not in _FOUND:
            _FOUND[key] = find(*asked)
        return _FOUND[key]


def shared_loader(data_path: str | None = None) -> SharedLoader:
    """A loader that looks where botocore would, given its setting `data_path`."""
    usual: Any = create_loader(data_path)
    return SharedLoader(extra_search_paths=usual.search_paths, include_default_search_paths=False)
