"""Probes of the corrections of API Gateway."""

from urllib.parse import urlsplit

from local_aws.testing.moto_probes import client, probe


@probe("apigateway.give_local_endpoints")
def the_endpoint_of_an_http_api_is_on_this_machine() -> None:
    api = client("apigatewayv2").create_api(Name="a", ProtocolType="HTTP")
    assert urlsplit(api["ApiEndpoint"]).hostname == "127.0.0.1"
