"""Probes of the corrections of Budgets."""

from local_aws.testing.moto_probes import ACCOUNT, client, probe


@probe("budgets.read_and_update_budgets")
def budget_subscribers_and_tags_are_read() -> None:
    budgets, account = client("budgets"), ACCOUNT
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscriber = {"SubscriptionType": "EMAIL", "Address": "ops@example.com"}
    limit = {"Amount": "1", "Unit": "USD"}
    budgets.create_budget(
        AccountId=account,
        Budget={"BudgetName": "b", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"},
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
        ResourceTags=[{"Key": "a", "Value": "b"}],
    )
    found = budgets.describe_subscribers_for_notification(AccountId=account, BudgetName="b", Notification=notification)
    assert found["Subscribers"] == [subscriber]
    arn = f"arn:aws:budgets::{account}:budget/b"
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "a", "Value": "b"}]
