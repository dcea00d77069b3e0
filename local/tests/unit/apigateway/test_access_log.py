"""Lines of the access log."""

import json

from local_aws.apigateway.access_log import format_line


def test_a_line_of_the_access_log_stays_json_whatever_happened() -> None:
    form = '{"route":"$context.routeKey","failed":"$context.integrationErrorMessage","for":"$context.authorizer.error"}'
    filled = format_line(form, {"routeKey": "GET /pets", "integrationErrorMessage": 'says "no"\nat last'})
    assert json.loads(filled) == {"route": "GET /pets", "failed": 'says "no"\nat last', "for": "-"}
