"""The console in a real browser: it shows what happens, its buttons work, and no other page can press them."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from local_aws.testing.server import LocalAws, eventually, unique_name
from local_aws.testing.state_machines import create_state_machine

PHONE, DESKTOP = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
MARKUP = "<img src=x onerror=\"document.title='attacked'\">"


@pytest.fixture(scope="module")
def page(aws: LocalAws, browser: Browser) -> Iterator[Page]:
    """The console. After all tests no script of it has failed, nothing broke its policy, and no markup was executed."""
    page = browser.new_page(viewport=DESKTOP)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    open_console(page, aws)
    yield page
    assert problems == []
    assert page.title() == "Local AWS console"


@pytest.fixture(autouse=True)
def _no_fault(aws: LocalAws) -> Iterator[None]:
    yield
    aws.administer("faults", "DELETE")


def open_console(page: Page, aws: LocalAws) -> None:
    page.goto(f"{aws.endpoint}/_local/console")
    page.locator("body[data-loaded][data-connection=live]").wait_for()


def shows(page: Page, element: str, text: str, seconds: float = 10) -> None:
    expect(page.locator(f"#{element}")).to_contain_text(text, timeout=seconds * 1000)


def test_given_an_event_then_it_is_shown_within_two_seconds_and_its_markup_is_text(aws: LocalAws, page: Page) -> None:
    name, _ = aws.create_stream()
    user = unique_name("user")
    aws.put_records(name, json.dumps({"Data": {"userId": user, "eventType": MARKUP}}))
    shows(page, "latest", user, 2)
    shows(page, "latest", MARKUP)
    assert page.locator("main img").count() == 0


def test_given_a_visitor_then_the_path_is_shown(aws: LocalAws, page: Page) -> None:
    name, _ = aws.create_stream()
    user, other = unique_name("user"), unique_name("user")
    aws.put_records(name, *(json.dumps({"userId": one, "n": n}) for n, one in enumerate((user, other, user))))
    page.get_by_label("User or session id").fill(user)
    page.keyboard.press("Enter")
    shows(page, "visitor-summary", "2 records in the stream")
    expect(page.locator("#path > li")).to_have_count(2)
    assert other not in page.locator("#path").inner_text()


def test_given_an_event_with_many_fields_then_it_still_leads_to_the_path_of_its_visitor(
    aws: LocalAws, page: Page
) -> None:
    name, _ = aws.create_stream()
    session = unique_name("session")
    event = {"eventType": "Favorite", "impression": [str(n) for n in range(14)], "sessionId": session}
    aws.put_records(name, json.dumps(event))
    page.locator("#latest summary", has_text=session).click()
    page.get_by_role("button", name=f"Show the path of sessionId {session}").click()
    page.locator("#path > li", has_text=session).wait_for()


def test_given_a_dead_letter_then_it_is_shown_with_its_reason(aws: LocalAws, page: Page) -> None:
    sqs, (url, arn) = aws.client("sqs"), aws.create_queue()
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    sqs.create_queue(QueueName=unique_name("source"), Attributes={"RedrivePolicy": redrive})
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"reason": "InvalidEvent", "detail": MARKUP}))
    shows(page, "queues", arn.rpartition(":")[2], 5)
    shows(page, "queues", "InvalidEvent")
    shows(page, "queues", MARKUP)


def test_given_an_alarm_then_it_is_shown_as_on(aws: LocalAws, page: Page) -> None:
    name = unique_name("alarm")
    metric = {"Namespace": "N", "MetricName": "M", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        **metric,  # type: ignore[arg-type]
    )
    shows(page, "alarm-list", name)
    row = page.locator("#alarm-list li", has_text=name)
    expect(row.locator(".badge.bad")).to_contain_text("on")
    aws.client("cloudwatch").delete_alarms(AlarmNames=[name])


def test_given_a_mail_then_its_reader_sees_the_text(aws: LocalAws, page: Page) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name=unique_name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="reader@example.org")
    sns.publish(TopicArn=topic, Subject="A subject", Message=f"First line\n{MARKUP}")
    shows(page, "mail-list", "A subject")
    shows(page, "mail-list", f"First line\n{MARKUP}")


def test_given_a_run_then_its_states_are_drawn_and_listed(aws: LocalAws, page: Page) -> None:
    machine = create_state_machine(aws)
    states = aws.client("stepfunctions")
    run = states.start_execution(stateMachineArn=machine, name=unique_name("run"), input='{"fail": true}')
    expect(page.locator("#diagram .node.failed[data-state=Invoke]")).to_have_count(1)
    shows(page, "steps", "Invoke")
    shows(page, "executions", run["executionArn"].rpartition(":")[2])


def test_given_outputs_and_a_run_that_goes_on_then_the_decisions_on_versions_are_found(page: Page) -> None:
    rules = [{"text": "NDCG", "passed": False}]
    outputs = [
        {"models": [{"solutionVersionArn": "a", "outcome": "promoted", "reason": "good"}]},
        {"models": [{"solutionVersionArn": "a", "outcome": "rejected", "reason": "old"}, {"solutionVersionArn": 1}]},
        None,
    ]
    results = ['{"solutionVersionArn": "b"}', json.dumps({"decision": "reject", "rules": rules}), "cut off …", None]
    states = [{"iteration": "Each:0", "result": result} for result in results]
    other = [{"iteration": "Each:1", "result": '{"solutionVersionArn": "c"}'}]
    machines = json.dumps([{"executions": [{"output": output} for output in outputs]}])
    execution = json.dumps({"progress": {"states": [*states, *other]}})
    found = dict(
        page.evaluate(f"import('./console/models.js').then(m => [...m.findDecisions({machines}, {execution})])")
    )
    assert found == {
        "a": {"outcome": "promoted", "reason": "good", "rules": []},
        "b": {"outcome": "reject", "reason": "", "rules": [{"text": "NDCG", "passed": False}]},
    }


def test_given_a_recommender_and_actions_then_they_are_shown_with_the_models(aws: LocalAws, page: Page) -> None:
    personalize, name = aws.client("personalize"), unique_name("shop")
    group = personalize.create_dataset_group(name=name, domain="ECOMMERCE")["datasetGroupArn"]
    custom = personalize.create_dataset_group(name=f"{name}-actions")["datasetGroupArn"]
    eventually(lambda: personalize.describe_dataset_group(datasetGroupArn=custom)["datasetGroup"]["status"] == "ACTIVE")
    create_dataset(aws, group, "Interactions", "USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP", domain="ECOMMERCE")
    actions = create_dataset(aws, custom, "Actions", "ACTION_ID", "KIND")
    recipe = "arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you"
    personalize.create_recommender(name=name, datasetGroupArn=group, recipeArn=recipe)
    events = aws.client("personalize-events")
    events.put_actions(datasetArn=actions, actions=[{"actionId": MARKUP, "properties": json.dumps({"kind": "card"})}])
    shows(page, "solutions", name)
    shows(page, "solutions", "CREATE FAILED")  # it has no interactions
    shows(page, "solutions", MARKUP)


def create_dataset(aws: LocalAws, group: str, kind: str, *columns: str, **domain: Any) -> str:
    """Create a dataset of text columns and a TIMESTAMP, and return its ARN when it is ACTIVE."""
    personalize, name = aws.client("personalize"), unique_name(kind)
    fields = [{"name": one, "type": "long" if one == "TIMESTAMP" else "string"} for one in columns]
    document = {"type": "record", "name": kind, "namespace": "com.amazonaws.personalize.schema", "fields": fields}
    schema = personalize.create_schema(name=name, schema=json.dumps(document), **domain)["schemaArn"]
    arn: str = personalize.create_dataset(name=name, schemaArn=schema, datasetGroupArn=group, datasetType=kind)[
        "datasetArn"
    ]
    eventually(lambda: personalize.describe_dataset(datasetArn=arn)["dataset"]["status"] == "ACTIVE")
    return arn


def test_given_a_function_then_its_log_is_shown_while_it_runs(aws: LocalAws, page: Page) -> None:
    function = aws.create_function("def handler(event, context):\n    print('said', event)\n")
    button = page.locator(f"#function-table tr[data-key='{function}'] button")
    button.wait_for()
    aws.invoke(function, MARKUP)
    button.click()
    shows(page, "log-lines", f"said {MARKUP}")
    aws.invoke(function, "again")
    shows(page, "log-lines", "said again")


def test_given_a_denied_call_then_its_role_is_shown(aws: LocalAws, page: Page) -> None:
    role = aws.create_role("logs:*")
    code = "import boto3\ndef handler(event, context):\n    boto3.client('sqs').list_queues()\n"
    aws.invoke(aws.create_function(code, Role=role))
    shows(page, "role-list", "sqs:ListQueues")


def test_when_the_fault_buttons_are_pressed_then_the_faults_are_set_and_removed(aws: LocalAws, page: Page) -> None:
    hold = page.locator("[data-hold=holdCampaignUpdates]")
    for button in (page.locator("#throttle"), page.locator("#failNextTraining"), hold):
        button.click()
    eventually(lambda: all(aws.administer("faults")[name] for name in ("operations", "failNextTraining")), 5)
    eventually(lambda: aws.administer("faults")["holdCampaignUpdates"] == {"*": True}, 5)
    assert aws.administer("faults")["operations"] == {"PutEvents": {"throttleRate": 0.5}}
    shows(page, "active-faults", "PutEvents: 50 % throttled")
    expect(hold).to_have_attribute("aria-pressed", "true")
    page.locator("#reset-faults").click()
    eventually(lambda: not any(aws.administer("faults").values()), 5)


def test_given_an_open_item_with_focus_when_the_list_changes_then_it_stays(aws: LocalAws, page: Page) -> None:
    name, _ = aws.create_stream()
    kept = unique_name("kept")
    aws.put_records(name, json.dumps({"userId": kept}))
    shows(page, "latest", kept)
    row = page.locator("#latest li", has_text=kept)
    row.locator("summary").click()
    later = unique_name("later")
    aws.put_records(name, json.dumps({"userId": later}))
    shows(page, "latest", later)
    assert row.locator("details[open]").count() == 1
    assert row.locator(":focus").count() == 1


def test_when_paused_then_nothing_comes_in_until_it_goes_on(aws: LocalAws, page: Page) -> None:
    page.locator("#pause").click()
    shows(page, "connection", "Paused")
    name, _ = aws.create_stream()
    user = unique_name("user")
    aws.put_records(name, json.dumps({"userId": user}))
    time.sleep(1)
    assert user not in page.locator("#latest").inner_text()
    page.locator("#pause").click()
    shows(page, "latest", user)


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_given_any_width_then_the_page_does_not_scroll_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size(DESKTOP)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_given_the_page_then_axe_finds_no_serious_violation(
    aws: LocalAws, browser: Browser, viewport: ViewportSize
) -> None:
    page = browser.new_page(viewport=viewport)
    open_console(page, aws)
    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(({ violations }) => violations)")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []


ATTACKER = """<!doctype html><script>
const body = JSON.stringify({ holdTrainings: { "*": true } });
const faults = { method: "POST", headers: { "Content-Type": "application/json" }, body };
const topics = { method: "POST", headers: { Authorization: "Credential=local/20260101/us-east-1/sns/aws4_request" } };
const attempts = [["/_local/health"], ["/_local/faults", faults], ["/?Action=ListTopics", topics]];
const attempt = ([url, options]) => fetch(url, options).then(() => "read", () => "failed");
Promise.all(attempts.map(attempt)).then((results) => (document.title = `${origin} ${results}`));
</script>"""


def test_given_a_page_in_a_bucket_then_its_scripts_reach_nothing_of_the_server(aws: LocalAws, browser: Browser) -> None:
    # Given a page that this very server returns, from a bucket
    s3, bucket = aws.client("s3"), unique_name("bucket")
    s3.create_bucket(Bucket=bucket)
    page = {"Body": ATTACKER.encode(), "ContentType": "text/html", "ACL": "public-read"}
    s3.put_object(Bucket=bucket, Key="page.html", **page)  # type: ignore[arg-type]
    signed = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "page.html"})
    for address in (f"{aws.endpoint}/{bucket}/page.html", signed):
        # When a browser opens it
        tab = browser.new_page()
        tab.goto(address)
        # Then it has an origin of its own, which is refused
        expect(tab).to_have_title("null failed,failed,failed")
    assert not any(aws.administer("faults").values())


class _Empty(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another page</title>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def other_port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def test_given_a_page_on_another_port_then_it_reads_nothing_and_presses_no_button(
    aws: LocalAws, browser: Browser, other_port: int
) -> None:
    # Given a page of the same machine, which browsers call the same site
    other = browser.new_page()
    other.goto(f"http://127.0.0.1:{other_port}/")
    faults = json.dumps({"holdTrainings": {"*": True}})
    attempts = [
        ("fetch(url + 'faults', {method: 'POST', mode: 'no-cors', body})", "opaque or failed"),
        ("fetch(url + 'faults', {method: 'POST', body, headers: {'Content-Type': 'application/json'}})", "failed"),
        ("fetch(url + 'faults', {method: 'PUT', body})", "failed"),
        ("fetch(url + 'faults', {method: 'DELETE'})", "failed"),
        ("fetch(url + 'mails')", "failed"),
        ("fetch(url + 'console')", "failed"),
        ("fetch(url + 'console/changes?watch=mails')", "failed"),
        ("new Promise((done, fail) => { const s = new EventSource(url + 'console/changes?watch=mails');"
         " s.onmessage = done; s.onerror = fail; })", "failed"),
        ("new Promise((done, fail) => { const f = document.createElement('iframe'); f.src = url + 'console';"
         " f.onload = () => f.contentDocument ? done({type: 'read'}) : fail(); document.body.append(f); })", "failed"),
    ]  # fmt: skip
    # When it tries everything
    constants = f"const url = {json.dumps(aws.endpoint + '/_local/')}; const body = {json.dumps(faults)};"
    for attempt, expected in attempts:
        script = (
            f"(async () => {{ {constants} try {{ return (await {attempt}).type }} catch {{ return 'failed' }} }})()"
        )
        # Then it learns nothing
        assert other.evaluate(script) in expected, attempt
    # And nothing has changed
    assert not any(aws.administer("faults").values())
