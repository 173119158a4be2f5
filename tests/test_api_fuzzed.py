"""The description against the server: what schemathesis thinks of is answered as the description says."""

from __future__ import annotations

import pytest
import schemathesis
import served
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
PLAIN = {"Accept-Encoding": "identity"}  # the WSGI client of schemathesis unpacks nothing
STRICT = [*CHECKS, negative_data_rejection, positive_data_acceptance]
FEW = settings(max_examples=6, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)

schema = schemathesis.openapi.from_wsgi("/openapi.json", served.app())


@schema.include(path_regex=r"^/query/(p3|p9|p11|p8|r15|d5)\.").parametrize()
@FEW
def test_saved_questions(case: schemathesis.Case) -> None:
    """What fits is answered, and what does not fit is refused."""
    case.call_and_validate(checks=STRICT, headers=PLAIN)


@pytest.mark.filterwarnings("ignore:Skipped test cases:UserWarning")  # bodies of application/sparql-query
@schema.exclude(path_regex=r"^/query/").parametrize()
@FEW
def test_the_other_addresses(case: schemathesis.Case) -> None:
    """Nothing that is sent makes the server fail, and each answer is one that the description names."""
    case.call_and_validate(checks=CHECKS, headers=PLAIN)
