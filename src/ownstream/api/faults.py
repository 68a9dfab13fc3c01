"""How faults that a test asked for show in the API: errors as the service's own are.

Nothing here decides whether one strikes; that is the domain's.
"""

import html
import re

from ownstream.domain.faults import Error, Throttling
from ownstream.model.catalog import appstream
from ownstream.model.common_errors import common_errors
from ownstream.model.errors import RequestLimitExceededException, ServiceError, ThrottlingException

_TAG = re.compile(r"<[^>]*>")


class InjectedError(ServiceError):
    """An error of this code, with the status that the service gives it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message or _words(code))
        self._code = code

    @property
    def code(self) -> str:
        return self._code

    @property
    def status(self) -> int:
        if self._code in appstream().errors:
            return appstream().error_status(self._code)
        return common_errors()[self._code].status


def injected(fault: Error | Throttling, operation: str) -> InjectedError:
    """The answer to a call of this operation that is struck by this fault.

    Too many calls are answered RequestLimitExceededException by the operations that declare it,
    and ThrottlingException, which any service answers, by the others. Which of the two the real
    service prefers where both are possible is not known; Error asks for either by name.
    """
    if isinstance(fault, Error):
        return InjectedError(fault.code, fault.message)
    declared = {shape.error_code for shape in appstream().operations[operation].error_shapes}
    limit = RequestLimitExceededException.__name__
    return InjectedError(limit if limit in declared else ThrottlingException.__name__, "")


def _words(code: str) -> str:
    """What the service's documentation says of the error, as its real words are mostly unknown."""
    if code in appstream().errors:
        return html.unescape(_TAG.sub("", appstream().errors[code].documentation)).strip()
    return common_errors()[code].message
