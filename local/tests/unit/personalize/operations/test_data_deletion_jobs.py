"""Data deletion jobs."""

from local_aws.testing.in_process import ROLE, InProcessPersonalize


def test_given_users_to_delete_when_the_job_ran_then_their_data_are_gone(with_data: InProcessPersonalize) -> None:
    request = {"datasetGroupArn": with_data.arns["group"], "roleArn": ROLE}
    source = {"dataLocation": with_data.upload("gone.csv", "USER_ID\nu1\nu2\n")}
    arn = with_data.call("CreateDataDeletionJob", jobName="gone", dataSource=source, **request)["dataDeletionJobArn"]
    with_data.wait_idle()
    job = with_data.call("DescribeDataDeletionJob", dataDeletionJobArn=arn)["dataDeletionJob"]
    assert (job["status"], job["numDeleted"]) == ("COMPLETED", 40)
    assert with_data.app.service().data(with_data.arns["group"]).interactions.history("u1", 9) == []
    wrong = {"dataLocation": with_data.upload("wrong.csv", "USER\nu1\n")}
    with_data.call("CreateDataDeletionJob", jobName="wrong", dataSource=wrong, **request)
    with_data.wait_idle()
    failed = with_data.call("ListDataDeletionJobs")["dataDeletionJobs"][1]
    assert failed["status"] == "FAILED"
    assert "the header must be USER_ID" in failed["failureReason"]
