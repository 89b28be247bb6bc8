"""The contract: complete, with examples and errors, and no request that it allows ends in a 500."""

from __future__ import annotations

import re
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.result import Ok, Result
from schemathesis.schemas import APIOperation

from api.codes import CODES
from api.problems import MEDIA_TYPE
from tests.api.world import World

PUBLIC = {
    "/auth/token", "/health", "/ready", "/metrics", "/receipts", "/receipts/{channel}", "/calls/events",
    "/receipts/signatures",
    "/complaints/inbound", "/surveys/{token}",
    "/warnings/outside",
}  # fmt: skip
SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
BOUNDED = settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=SLOW)
ENDLESS = "/events"  # follows for ever unless told otherwise; it has tests of its own


def test_every_operation_is_named_described_and_tells_its_errors(world: World) -> None:
    document = world.app.openapi()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            place = f"{method} {path}"
            assert operation["summary"] and operation["description"], place
            (tag,) = operation["tags"]
            assert any("\u4e00" <= letter <= "\u9fff" for letter in tag), place
            errors = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
            assert {"422", "503"} <= set(errors), place
            problems = [answer for answer in errors.values() if MEDIA_TYPE in answer["content"]]
            assert all(answer["content"][MEDIA_TYPE]["examples"] for answer in problems), place
            assert ("security" in operation) == (path not in PUBLIC), place
            assert "HTTPValidationError" not in str(operation), place


def test_the_codes_of_the_examples_are_those_of_the_table(world: World) -> None:
    found = str(world.app.openapi())
    for code, known in CODES.items():
        assert known.zh and known.en and known.remedy
        if f"'{code}'" in found:
            assert 400 <= known.status < 600


def test_every_reference_of_the_contract_leads_somewhere(world: World) -> None:
    document = world.app.openapi()
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    found = set(re.findall(r"'\$ref': '([^']+)'", str(document)))
    assert found and found <= known, found - known


def _operation(result: Result[APIOperation, InvalidSchema]) -> APIOperation:
    assert isinstance(result, Ok), "the schema is not valid"
    return result.ok()


def test_no_request_that_the_contract_allows_ends_in_a_500(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.lease()
    roles = ("head_of_asset_management", "finance", "administrator", "business")
    headers = dict(world.client(*roles).headers)
    schema = schemathesis.openapi.from_asgi("/openapi.json", world.app)
    tried = 0
    for result in schema.get_all_operations():
        operation = _operation(result)
        if operation.path == ENDLESS or operation.path in ("/ready",):
            continue
        tried += 1

        @BOUNDED
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case) -> None:
            answer = case.call(headers={"Authorization": headers["authorization"]})
            case.validate_response(answer, checks=[not_a_server_error])

        check()
    world.database.close()
    assert tried > 25
