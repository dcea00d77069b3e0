# What a destroy does in addition to a plan: it deletes everything, with the data. It can neither create nor change, except
# settings of buckets, whose removal AWS counts as a change.
locals {
  destroy = [
    {
      sid       = "DeleteApis"
      actions   = ["apigateway:DELETE"]
      resources = ["${local.apis}/*"]
    },
    {
      sid       = "DeleteWorkgroup"
      actions   = ["athena:DeleteNamedQuery", "athena:DeleteWorkGroup"]
      resources = ["${local.regional.athena}:workgroup/${var.prefix}"]
    },
    {
      sid       = "DeleteBudget"
      actions   = ["budgets:ModifyBudget"]
      resources = [local.budget]
    },
    {
      # None of these supports names.
      sid = "DeleteWithoutNames"
      # Unused here: sns:Unsubscribe - nobody is subscribed by Terraform here
      # Unused here: logs:* - see the apply policy
      actions = [
        "cloudformation:DeleteResource",
        "cloudformation:GetResourceRequestStatus",
        "logs:DeleteLogDelivery",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "personalize:ListCampaigns",
        "personalize:ListDatasets",
        "personalize:ListSolutionVersions",
        "personalize:ListSolutions",
        "sns:Unsubscribe",
      ]
      resources = ["*"]
    },
    {
      sid       = "DeleteAlarms"
      actions   = ["cloudwatch:DeleteAlarms"]
      resources = ["${local.regional.cloudwatch}:alarm:${var.prefix}-*"]
    },
    {
      sid       = "DeleteDashboard"
      actions   = ["cloudwatch:DeleteDashboards"]
      resources = [local.board]
    },
    {
      # A distribution is switched off before it is deleted.
      sid = "DeleteCloudFront"
      # Unused here: cloudfront:* - the local system has no CloudFront
      actions = [
        "cloudfront:DeleteDistribution",
        "cloudfront:DeleteOriginAccessControl",
        "cloudfront:DeleteResponseHeadersPolicy",
        "cloudfront:UpdateDistribution",
      ]
      resources = local.cloudfront
    },
    {
      sid       = "DeleteTable"
      actions   = ["dynamodb:DeleteTable"]
      resources = ["${local.regional.dynamodb}:table/${var.prefix}-*"]
    },
    {
      # Lambda deletes the network interfaces of a function, and the provider waits for that.
      sid = "DeleteNetwork"
      # Unused here: ec2:DescribeNetworkInterfaces - no function is in a VPC here
      actions   = ["ec2:DescribeNetworkInterfaces"]
      resources = ["*"]
    },
    {
      sid       = "DeleteRules"
      actions   = ["events:DeleteRule", "events:RemoveTargets"]
      resources = ["${local.regional.events}:rule/${var.prefix}-*"]
    },
    {
      sid       = "DeleteFirehose"
      actions   = ["firehose:DeleteDeliveryStream"]
      resources = ["${local.regional.firehose}:deliverystream/${var.prefix}-*"]
    },
    {
      sid       = "DeleteTableOfEvents"
      actions   = ["glue:DeleteTable"]
      resources = local.catalog
    },
    {
      sid       = "DeleteCatalog"
      actions   = ["glue:DeleteDatabase"]
      resources = concat(local.catalog, ["${local.regional.glue}:userDefinedFunction/${local.database}/*"])
    },
    {
      sid       = "DeleteRoles"
      actions   = ["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:ListInstanceProfilesForRole"]
      resources = [local.role]
    },
    {
      sid       = "DeleteStream"
      actions   = ["kinesis:DeleteStream"]
      resources = ["${local.regional.kinesis}:stream/${var.prefix}-*"]
    },
    {
      sid       = "DeleteKey"
      actions   = ["kms:ScheduleKeyDeletion"]
      resources = local.keys
    },
    {
      sid       = "DeleteAlias"
      actions   = ["kms:DeleteAlias"]
      resources = concat([local.alias], local.keys)
    },
    {
      sid = "DeleteFunctions"
      # Unused here: lambda:DeleteProvisionedConcurrencyConfig - the local system provisions no concurrency
      actions   = ["lambda:DeleteAlias", "lambda:DeleteFunction", "lambda:DeleteProvisionedConcurrencyConfig", "lambda:RemovePermission"]
      resources = [local.function]
    },
    {
      sid       = "DeleteMappings"
      actions   = ["lambda:DeleteEventSourceMapping"]
      resources = [local.mapping]
    },
    {
      sid       = "DeleteLogGroups"
      actions   = ["logs:DeleteLogGroup", "logs:DeleteLogStream"]
      resources = [local.groups]
    },
    {
      sid       = "DeleteCampaigns"
      actions   = ["personalize:DeleteCampaign", "personalize:DescribeCampaign"]
      resources = [local.personalize["campaign"]]
    },
    {
      # Trainings that are under way are stopped before.
      sid = "DeleteSolutions"
      # Unused here: personalize:StopSolutionVersionCreation - only for a training that the end of its run has not stopped
      actions = [
        "personalize:DeleteSolution",
        "personalize:DescribeSolution",
        "personalize:DescribeSolutionVersion",
        "personalize:StopSolutionVersionCreation",
      ]
      resources = [local.personalize["solution"]]
    },
    {
      sid       = "DeleteFilters"
      actions   = ["personalize:DeleteFilter"]
      resources = [local.personalize["filter"]]
    },
    {
      sid       = "DeleteDatasets"
      actions   = ["personalize:DeleteDataset"]
      resources = [local.personalize["dataset"]]
    },
    {
      sid       = "DeleteDatasetGroups"
      actions   = ["personalize:DeleteDatasetGroup"]
      resources = [local.personalize["dataset-group"]]
    },
    {
      sid       = "DeleteSchemas"
      actions   = ["personalize:DeleteSchema"]
      resources = [local.personalize["schema"]]
    },
    {
      sid       = "DeleteImports"
      actions   = ["personalize:DescribeDatasetImportJob"]
      resources = [local.personalize["dataset-import-job"]]
    },
    {
      sid       = "DeleteTracker"
      actions   = ["personalize:DeleteEventTracker"]
      resources = [local.tracker]
    },
    {
      sid = "DeleteBuckets"
      actions = [
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:ListBucketVersions",
        "s3:PutBucketLogging",
        "s3:PutBucketNotification",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
      ]
      resources = [local.bucket]
    },
    {
      sid = "DeleteObjects"
      # Unused here: s3:DeleteObject - every object has a version here
      actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
      resources = [local.objects]
    },
    {
      sid       = "DeleteSchedule"
      actions   = ["scheduler:DeleteSchedule"]
      resources = ["${local.regional.scheduler}:schedule/default/${var.prefix}-*"]
    },
    {
      sid       = "DeleteTopic"
      actions   = ["sns:DeleteTopic"]
      resources = ["${local.regional.sns}:${var.prefix}-*"]
    },
    {
      sid       = "DeleteQueues"
      actions   = ["sqs:DeleteQueue"]
      resources = ["${local.regional.sqs}:${var.prefix}-*"]
    },
    {
      sid       = "DeleteParameters"
      actions   = ["ssm:DeleteParameter"]
      resources = [local.parameters]
    },
    {
      sid       = "DeleteStateMachine"
      actions   = ["states:DeleteStateMachine"]
      resources = ["${local.regional.states}:stateMachine:${var.prefix}-*"]
    },
  ]
}
