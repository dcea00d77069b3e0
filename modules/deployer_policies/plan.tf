# What a plan reads. Every other role needs it too, because an apply and a destroy begin with a plan.
locals {
  plan = [
    {
      sid = "ReadApis"
      # Unused here: apigateway:GET on */apis - the provider reads one API at a time; a person may list them
      actions   = ["apigateway:GET"]
      resources = [local.apis, "${local.apis}/*"]
    },
    {
      sid       = "ReadWorkgroup"
      actions   = ["athena:GetNamedQuery", "athena:GetWorkGroup", "athena:ListTagsForResource"]
      resources = ["${local.regional.athena}:workgroup/${var.prefix}"]
    },
    {
      sid       = "ReadBudget"
      actions   = ["budgets:ListTagsForResource", "budgets:ViewBudget"]
      resources = [local.budget]
    },
    {
      sid = "ReadWithoutNames"
      # None of these supports names.
      # Unused here: cloudformation:DescribeType - only who makes a resource of the registry asks for its type
      # Unused here: sns:GetSubscriptionAttributes - nobody is subscribed by Terraform here
      actions = [
        "cloudformation:DescribeType",
        "cloudformation:GetResource",
        "kinesis:DescribeLimits",
        "kms:ListAliases",
        "logs:DescribeLogGroups",
        "personalize:ListDatasetImportJobs",
        "personalize:ListTagsForResource",
        "sns:GetSubscriptionAttributes",
        "ssm:DescribeParameters",
      ]
      resources = ["*"]
    },
    {
      sid = "ReadAlarms"
      # IAM asks for `alarm:*`, whatever names a request to describe alarms has.
      actions   = ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"]
      resources = ["${local.regional.cloudwatch}:alarm:*"]
    },
    {
      sid       = "ReadDashboard"
      actions   = ["cloudwatch:GetDashboard"]
      resources = [local.board]
    },
    {
      sid = "ReadCloudFront"
      # Unused here: cloudfront:* - the local system has no CloudFront
      actions = [
        "cloudfront:GetDistribution",
        "cloudfront:GetOriginAccessControl",
        "cloudfront:GetResponseHeadersPolicy",
        "cloudfront:ListTagsForResource",
      ]
      resources = local.cloudfront
    },
    {
      sid = "ReadTable"
      actions = [
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:DescribeTimeToLive",
        "dynamodb:ListTagsOfResource",
      ]
      resources = ["${local.regional.dynamodb}:table/${var.prefix}-*"]
    },
    {
      sid       = "ReadRules"
      actions   = ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"]
      resources = ["${local.regional.events}:rule/${var.prefix}-*"]
    },
    {
      sid       = "ReadFirehose"
      actions   = ["firehose:DescribeDeliveryStream", "firehose:ListTagsForDeliveryStream"]
      resources = ["${local.regional.firehose}:deliverystream/${var.prefix}-*"]
    },
    {
      sid       = "ReadDatabase"
      actions   = ["glue:GetDatabase"]
      resources = local.database_arns
    },
    {
      sid       = "ReadDatabaseTags"
      actions   = ["glue:GetTags"]
      resources = [local.database_arns[1]]
    },
    {
      sid       = "ReadCatalog"
      actions   = ["glue:GetPartitionIndexes", "glue:GetTable"]
      resources = local.catalog
    },
    {
      sid       = "ReadRoles"
      actions   = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]
      resources = [local.role]
    },
    {
      sid       = "ReadStream"
      actions   = ["kinesis:DescribeStreamSummary", "kinesis:ListTagsForStream"]
      resources = ["${local.regional.kinesis}:stream/${var.prefix}-*"]
    },
    {
      # Without Decrypt every plan after the first apply fails: DescribeStateMachine and GetSchedule are refused, and Lambda
      # returns no environment variables. There is no condition on kms:ViaService, because not every service documents it.
      sid       = "ReadKey"
      actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"]
      resources = local.keys
    },
    {
      sid = "ReadFunctions"
      # Unused here: lambda:GetProvisionedConcurrencyConfig - the local system provisions no concurrency
      actions = [
        "lambda:GetAlias",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetPolicy",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:ListVersionsByFunction",
      ]
      resources = [local.function]
    },
    {
      sid       = "ReadMappings"
      actions   = ["lambda:GetEventSourceMapping", "lambda:ListTags"]
      resources = [local.mapping]
    },
    {
      sid       = "ReadLogGroups"
      actions   = ["logs:DescribeLogStreams", "logs:ListTagsForResource"]
      resources = [local.groups]
    },
    {
      sid       = "ReadDatasets"
      actions   = ["personalize:DescribeDataset"]
      resources = [local.personalize["dataset"]]
    },
    {
      # Cloud Control reads the newest import of a dataset with it.
      sid       = "ReadImports"
      actions   = ["personalize:DescribeDatasetImportJob"]
      resources = [local.personalize["dataset-import-job"]]
    },
    {
      sid       = "ReadDatasetGroups"
      actions   = ["personalize:DescribeDatasetGroup"]
      resources = [local.personalize["dataset-group"]]
    },
    {
      sid       = "ReadFilters"
      actions   = ["personalize:DescribeFilter"]
      resources = [local.personalize["filter"]]
    },
    {
      sid       = "ReadSchemas"
      actions   = ["personalize:DescribeSchema"]
      resources = [local.personalize["schema"]]
    },
    {
      sid       = "ReadTracker"
      actions   = ["personalize:DescribeEventTracker"]
      resources = [local.tracker]
    },
    {
      sid = "ReadBuckets"
      actions = [
        "s3:GetAccelerateConfiguration",
        "s3:GetBucketAcl",
        "s3:GetBucketCORS",
        "s3:GetBucketLogging",
        "s3:GetBucketNotification",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketRequestPayment",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
      ]
      resources = [local.bucket]
    },
    {
      sid       = "ReadPackages"
      actions   = ["s3:GetObject", "s3:GetObjectTagging"]
      resources = [local.packages, local.mappings]
    },
    {
      sid = "ReadSite"
      # Unused here: s3:GetObject, s3:GetObjectTagging - the local system has no CloudFront, so no bucket of a site
      actions   = ["s3:GetObject", "s3:GetObjectTagging"]
      resources = [local.site]
    },
    {
      sid       = "ReadSchedule"
      actions   = ["scheduler:GetSchedule"]
      resources = ["${local.regional.scheduler}:schedule/default/${var.prefix}-*"]
    },
    {
      sid       = "ReadTopic"
      actions   = ["sns:GetTopicAttributes", "sns:ListTagsForResource"]
      resources = ["${local.regional.sns}:${var.prefix}-*"]
    },
    {
      sid       = "ReadQueues"
      actions   = ["sqs:GetQueueAttributes", "sqs:ListQueueTags"]
      resources = ["${local.regional.sqs}:${var.prefix}-*"]
    },
    {
      sid       = "ReadParameters"
      actions   = ["ssm:GetParameter", "ssm:ListTagsForResource"]
      resources = [local.parameters]
    },
    {
      sid       = "ReadStateMachine"
      actions   = ["states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource"]
      resources = ["${local.regional.states}:stateMachine:${var.prefix}-*"]
    },
  ]
}
