"""The errors are the model's, with the model's statuses."""

import inspect

from ownstream.model import errors
from ownstream.model.catalog import appstream


def test_the_modelled_errors_are_those_of_the_model() -> None:
    classes = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.ModelledError) and kind is not errors.ModelledError
    ]
    assert {kind("why").code for kind in classes} == set(appstream().errors)


def test_a_modelled_error_has_the_models_status() -> None:
    assert errors.ResourceNotFoundException("none").status == 404
    assert errors.DryRunOperationException("dry").status == 412
    assert errors.ResourceInUseException("used").status == 400


def test_the_message_of_every_modelled_error_is_a_member_with_a_capital() -> None:
    assert all(list(shape.members) == ["Message"] for shape in appstream().errors.values())


def test_an_operation_that_is_missing_is_not_worth_another_try() -> None:
    assert errors.NotImplementedException("later").status < 500
