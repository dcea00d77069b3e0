"""Every AWS API call of the Lambdas and scripts exists in botocore's models, with those parameters."""

from pathlib import Path
from textwrap import dedent

import pytest

from scripts.api_calls import FOLDERS, Walker
from scripts.python_sources import Sources


@pytest.fixture(scope="module")
def ours():
    return Walker(Sources.of(FOLDERS))


def problems_of(**modules):
    texts = [(Path(f"functions/example/{name}.py"), dedent(text)) for name, text in modules.items()]
    return [str(problem) for problem in Walker(Sources(texts)).problems()]


def handler_with(body):
    source = "from animal_recommender.clients import client\n\n" + dedent(body)
    return [problem.removeprefix("functions/example/handler.py:") for problem in problems_of(handler=source)]


def test_all_our_calls_are_known_to_the_services(ours):
    assert [str(problem) for problem in ours.problems()] == []


@pytest.mark.parametrize(
    ("folder", "operation"),
    [
        ("put_events", "personalize-events.put_events"),
        ("record_history", "dynamodb.batch_write_item"),
        ("get_history", "dynamodb.query"),
        ("recommend", "personalize-runtime.get_recommendations"),
        ("recommend", "s3.get_object"),
        ("rerank", "personalize-runtime.get_personalized_ranking"),
        ("plan_retraining", "stepfunctions.list_executions"),
        ("check_interactions", "cloudwatch.get_metric_data"),
        ("create_solution_version", "personalize.create_solution_version"),
        ("evaluate_solution_version", "personalize.get_solution_metrics"),
        ("update_campaign", "personalize.update_campaign"),
        ("describe_campaign", "personalize.describe_campaign"),
        ("verify_campaign", "s3.put_object"),
        ("report_outcome", "sns.publish"),
        ("scripts", "personalize.create_campaign"),
        ("scripts", "s3.put_object"),
    ],
)
def test_the_walk_finds_the_calls(ours, folder, operation):
    assert operation in {
        f"{call.service}.{call.method}" for call in ours.calls() if folder in (call.path.parent.name, call.path.stem)
    }


def test_a_wrong_parameter_is_named_with_its_line():
    assert handler_with("""
        personalize = client("personalize")
        personalize.describe_campaign(campaignARN="x")
    """) == [
        "5: personalize.describe_campaign: no such parameter: campaignARN (there are: campaignArn)",
        "5: personalize.describe_campaign: required: campaignArn",
    ]


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ('client("sqs").send_mesage(QueueUrl="x")', "sqs.send_mesage: no such operation"),
        ('client("sns").publish(Topic="x", Message="y")', "no such parameter: Topic"),
        ('client("sqs").send_message(QueueUrl="x")', "required: MessageBody"),
        ('client("personalize").get_paginator("list_campaign").paginate()', "no such operation"),
        ('client("personalize").get_paginator("describe_campaign").paginate(campaignArn="x")', "cannot be paginated"),
        (
            'client("personalize").get_paginator("list_campaigns").paginate(solutionARN="x")',
            "no such parameter: solutionARN",
        ),
        (
            'client("personalize").create_solution_version(solutionArn="x", trainingMode="FAST")',
            "trainingMode is none of FULL, UPDATE, AUTOTRAIN: 'FAST'",
        ),
        (
            'client("sns").publish(Message="", MessageAttributes={n: {"Type": "String"} for n in "ab"})',
            "no such parameter: MessageAttributes[].Type",
        ),
        (
            'client("cloudwatch").get_metric_data(MetricDataQueries=[{"Id": "x", "MetricStat": {"Statistic": ""}}])',
            "no such parameter: MetricDataQueries[].MetricStat.Statistic",
        ),
    ],
)
def test_what_is_wrong_is_found(call, complaint):
    assert any(complaint in problem for problem in handler_with(f"def handler(event, context):\n    {call}\n"))


@pytest.mark.parametrize(
    "body",
    [
        # a dict of its own, added to later
        """
        def run(personalize):
            request = {"campaignArn": "x"}
            request["minProvisionedTps"] = 1
            personalize.update_campaign(**request)
        run(client("personalize"))
        """,
        # what a function returns, joined with another dict
        """
        def run(personalize):
            personalize.update_campaign(**(request() | {"minProvisionedTps": 1}))
        def request():
            return {"campaignArn": "x"}
        run(client("personalize"))
        """,
        # an operation that is handed on with its parameters
        """
        def call(operation, parameters):
            return operation(**parameters)
        def run(personalize):
            call(personalize.update_campaign, {"campaignArn": "x", "minProvisionedTps": 1})
            call(personalize.delete_campaign, {"campaignArn": "x"})
        run(client("personalize"))
        """,
        # an operation that is kept under another name
        """
        class Updater:
            def __init__(self, update):
                self._update = update
            def run(self):
                self._update(campaignArn="x", minProvisionedTps=1)
        Updater(client("personalize").update_campaign)
        """,
        # a client that is kept under another name
        """
        class Updater:
            def __init__(self, service):
                self._service = service
            def run(self):
                self._service.update_campaign(campaignArn="x", minProvisionedTps=1)
        Updater(client("personalize"))
        """,
    ],
)
def test_parameters_are_followed_to_where_they_are_made(body):
    assert any("no such parameter: minProvisionedTps" in problem for problem in handler_with(body))


def test_parameters_are_followed_into_sibling_modules():
    assert problems_of(
        handler="""
            from animal_recommender.clients import client
            from example.request import parameters
            client("personalize").delete_campaign(**parameters("x"))
        """,
        request="""
            def parameters(arn):
                return {"arn": arn}
        """,
    ) == [
        "functions/example/request.py:3: personalize.delete_campaign: no such parameter: arn (there are: campaignArn)",
        "functions/example/handler.py:4: personalize.delete_campaign: required: campaignArn",
    ]


def test_what_only_looks_like_a_call_is_left_alone():
    assert (
        handler_with("""
        dynamodb = client("dynamodb")
        class Table:
            def query(self, key):
                return key
        sqs = []
        sqs.append(1)
        table = Table()
        table.query("x")
        logger.scan(verbosity=1)
    """)
        == []
    )


def test_what_cannot_be_followed_is_not_judged():
    assert handler_with('client("sns").publish(**json.loads(text))') == []
