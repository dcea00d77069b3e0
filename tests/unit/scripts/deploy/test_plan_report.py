import json

import pytest

from scripts.common import terraform
from scripts.deploy import plan_report
from scripts.deploy.plan_report import Changes


def resource(address, *actions):
    return {"address": address, "change": {"actions": list(actions)}}


PLAN = {
    "resource_changes": [
        resource("aws_sqs_queue.new", "create"),
        resource("aws_sqs_queue.other", "update"),
        resource("aws_dynamodb_table.history", "delete", "create"),
        resource("aws_kms_key.old", "delete"),
        resource("data.aws_region.here", "read"),
        resource("aws_s3_bucket.seed", "no-op"),
        resource("aws_iam_role.forgotten", "forget"),
    ]
}
CHANGES = Changes.parse(PLAN)


def test_changes_are_sorted_by_what_happens():
    assert CHANGES.create == ["aws_sqs_queue.new"]
    assert CHANGES.update == ["aws_sqs_queue.other"]
    assert CHANGES.replace == ["aws_dynamodb_table.history"]
    assert CHANGES.delete == ["aws_kms_key.old"]
    assert CHANGES.headline() == "1 to add, 1 to change, 1 to replace, 1 to destroy"
    assert CHANGES.counts() == {"create": 2, "update": 1, "delete": 2}


def test_a_plan_without_changes_says_so():
    assert Changes.parse({}).headline() == "No changes"
    assert "will be destroyed" not in plan_report.format_comment("dev", Changes.parse({}), "No changes.")


def test_the_comment_names_what_is_lost_before_the_plan():
    text = plan_report.format_comment("dev", CHANGES, "the plan's text")
    assert text.index("`aws_dynamodb_table.history` is replaced") < text.index("the plan's text")
    assert "`aws_kms_key.old` is destroyed" in text
    assert "aws_sqs_queue.new" not in text.split("<details>")[0]


def test_a_long_plan_is_cut_to_what_a_comment_holds():
    text = plan_report.format_comment("dev", CHANGES, "x" * 200_000)
    assert len(text) < 65_536
    assert "cut here" in text


def test_the_insight_keeps_to_the_hosts_limit():
    many = Changes([], [], [], [f"aws_sqs_queue.number_{number}" for number in range(500)])
    report = plan_report.format_insight("dev", many)
    assert len(report["details"]) <= 2_000
    assert {"title": "Delete", "type": "NUMBER", "value": 500} in report["data"]


@pytest.fixture
def fake_terraform(tmp_path, monkeypatch):
    program = tmp_path / "terraform"
    program.write_text(
        "#!/bin/sh\n"
        '[ "$3" = dev.tfplan ] || { echo "no such plan" >&2; exit 1; }\n'
        f"if [ \"$2\" = -json ]; then echo '{json.dumps(PLAN)}'; else echo 'Plan: in words'; fi\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(terraform, "find_binary", lambda: str(program))
    monkeypatch.setattr(terraform, "prepare", lambda environment: {"PATH": "/bin:/usr/bin"})


def test_all_reports_are_written(fake_terraform, tmp_path):
    assert plan_report.main(["--environment", "dev", "--directory", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "plan.txt").read_text() == "Plan: in words\n"
    assert json.loads((tmp_path / "out" / "counts.json").read_text()) == CHANGES.counts()
    assert "Terraform plan of `dev`" in (tmp_path / "out" / "plan.md").read_text()
    assert json.loads((tmp_path / "out" / "insight.json").read_text())["title"] == "Terraform plan of dev"


def test_a_plan_that_cannot_be_read_fails_with_terraforms_words(fake_terraform, tmp_path, capsys):
    arguments = ["--environment", "dev", "--plan", "lost", "--directory", str(tmp_path)]
    assert plan_report.main(arguments) == 1
    assert "no such plan" in capsys.readouterr().err
