# What an apply does in addition to a plan: it creates, changes, and removes what holds no data. It cannot delete buckets,
# the history table, the stream, the key, or the datasets of Personalize: that is for the destroy policy.
locals {
  apply = [
    {
      sid = "Apis"
      # Unused here: apigateway:PATCH, apigateway:DELETE - nothing of the API is changed here
      actions   = ["apigateway:DELETE", "apigateway:PATCH", "apigateway:POST"]
      resources = [local.apis, "${local.apis}/*"]
    },
    {
      sid = "Workgroup"
      # Unused here: athena:UpdateWorkGroup, athena:DeleteNamedQuery - nothing of Athena is changed here
      actions   = ["athena:CreateNamedQuery", "athena:CreateWorkGroup", "athena:DeleteNamedQuery", "athena:TagResource", "athena:UpdateWorkGroup"]
      resources = ["${local.regional.athena}:workgroup/${var.prefix}"]
    },
    {
      sid       = "Budget"
      actions   = ["budgets:ModifyBudget", "budgets:TagResource"]
      resources = [local.budget]
    },
    {
      sid = "WithoutNames"
      # None of these supports names.
      # Unused here: cloudfront:* - the local system has no CloudFront
      # Unused here: cloudformation:UpdateResource - no registry type of Personalize is changed here
      # Unused here: logs:* - the local API Gateway needs no log delivery. HTTP APIs need these to log:
      #   https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
      # Unused here: personalize:ListCampaigns - no model is changed or removed here
      # Unused here: personalize:TagResource - the resources have no tags, but Cloud Control asks for the right
      actions = [
        "cloudformation:CreateResource",
        "cloudformation:GetResourceRequestStatus",
        "cloudformation:UpdateResource",
        "cloudfront:CreateDistribution",
        "cloudfront:CreateOriginAccessControl",
        "cloudfront:CreateResponseHeadersPolicy",
        "kms:CreateKey",
        "lambda:CreateEventSourceMapping",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "personalize:ListCampaigns",
        "personalize:ListSolutionVersions",
        "personalize:ListSolutions",
        "personalize:TagResource",
        "states:ValidateStateMachineDefinition",
      ]
      resources = ["*"]
    },
    {
      sid = "Alarms"
      # Unused here: cloudwatch:DeleteAlarms - no alarm is removed here
      actions   = ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"]
      resources = ["${local.regional.cloudwatch}:alarm:${var.prefix}-*"]
    },
    {
      sid       = "Dashboard"
      actions   = ["cloudwatch:PutDashboard"]
      resources = [local.board]
    },
    {
      sid = "CloudFront"
      # Unused here: cloudfront:* - the local system has no CloudFront
      actions = [
        "cloudfront:DeleteDistribution",
        "cloudfront:DeleteOriginAccessControl",
        "cloudfront:DeleteResponseHeadersPolicy",
        "cloudfront:TagResource",
        "cloudfront:UpdateDistribution",
        "cloudfront:UpdateOriginAccessControl",
        "cloudfront:UpdateResponseHeadersPolicy",
      ]
      resources = local.cloudfront
    },
    {
      sid = "Table"
      actions = [
        "dynamodb:CreateTable",
        "dynamodb:TagResource",
        "dynamodb:UpdateContinuousBackups",
        "dynamodb:UpdateTable",
        "dynamodb:UpdateTimeToLive",
      ]
      resources = ["${local.regional.dynamodb}:table/${var.prefix}-*"]
    },
    {
      sid = "Network"
      # Unused here: ec2:* - no function is in a VPC here; Lambda checks the subnets and groups with the caller's rights:
      #   https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
      actions   = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
      resources = ["*"]
    },
    {
      sid = "Rules"
      # Unused here: events:RemoveTargets, events:DeleteRule - no rule is removed here
      actions   = ["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource"]
      resources = ["${local.regional.events}:rule/${var.prefix}-*"]
    },
    {
      sid = "Firehose"
      # Unused here: firehose:UpdateDestination - the stream keeps its settings
      actions = [
        "firehose:CreateDeliveryStream",
        "firehose:StartDeliveryStreamEncryption",
        "firehose:TagDeliveryStream",
        "firehose:UpdateDestination",
      ]
      resources = ["${local.regional.firehose}:deliverystream/${var.prefix}-*"]
    },
    {
      sid = "Database"
      # Unused here: glue:UpdateDatabase - the database keeps its settings
      actions   = ["glue:CreateDatabase", "glue:TagResource", "glue:UpdateDatabase"]
      resources = local.database_arns
    },
    {
      sid = "Catalog"
      # Unused here: glue:UpdateTable - the table keeps its columns
      actions   = ["glue:CreateTable", "glue:UpdateTable"]
      resources = local.catalog
    },
    {
      # Whoever can write the policies of these roles has the rights that the roles have. So the roles of deployers must
      # have other names, or they could change themselves.
      sid = "Roles"
      # Unused here: iam:DeleteRole*, iam:ListInstanceProfilesForRole - no function is removed here
      # Unused here: iam:UpdateAssumeRolePolicy, iam:UpdateRole* - the roles keep their settings
      actions = [
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:ListInstanceProfilesForRole",
        "iam:PutRolePolicy",
        "iam:TagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ]
      resources = [local.role]
    },
    {
      sid       = "PassRoles"
      actions   = ["iam:PassRole"]
      resources = [local.role]
      passed_to = ["firehose", "lambda", "personalize", "scheduler", "states"]
    },
    {
      sid = "Stream"
      # Unused here: kinesis:DecreaseStreamRetentionPeriod - the retention stays as it is
      actions = [
        "kinesis:AddTagsToStream",
        "kinesis:CreateStream",
        "kinesis:DecreaseStreamRetentionPeriod",
        "kinesis:IncreaseStreamRetentionPeriod",
        "kinesis:StartStreamEncryption",
      ]
      resources = ["${local.regional.kinesis}:stream/${var.prefix}-*"]
    },
    {
      sid       = "StreamKey"
      actions   = ["kinesis:StartStreamEncryption"]
      resources = local.keys
    },
    {
      sid = "Key"
      # Unused here: kms:PutKeyPolicy, kms:UpdateKeyDescription - the keys keep their settings
      actions = [
        "kms:CreateGrant",
        "kms:EnableKeyRotation",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:PutKeyPolicy",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:TagResource",
        "kms:UpdateKeyDescription",
      ]
      resources = local.keys
    },
    {
      sid       = "Alias"
      actions   = ["kms:CreateAlias"]
      resources = concat([local.alias], local.keys)
    },
    {
      sid = "Functions"
      # Unused here: lambda:Update*, lambda:Publish*, lambda:Delete*, lambda:RemovePermission - no function is changed here
      # Unused here: lambda:Put* - the local system reserves and provisions no concurrency
      # Unused here: lambda:GetFunctionConfiguration - the provider asks for it after a change
      actions = [
        "lambda:AddPermission",
        "lambda:CreateAlias",
        "lambda:CreateFunction",
        "lambda:DeleteAlias",
        "lambda:DeleteFunction",
        "lambda:DeleteFunctionConcurrency",
        "lambda:DeleteProvisionedConcurrencyConfig",
        "lambda:GetFunctionConfiguration",
        "lambda:ListAliases",
        "lambda:PublishVersion",
        "lambda:PutFunctionConcurrency",
        "lambda:PutProvisionedConcurrencyConfig",
        "lambda:RemovePermission",
        "lambda:TagResource",
        "lambda:UpdateAlias",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
      ]
      resources = [local.function]
    },
    {
      sid = "Mappings"
      # Unused here: lambda:UpdateEventSourceMapping - the mappings keep their settings
      actions   = ["lambda:TagResource", "lambda:UpdateEventSourceMapping"]
      resources = [local.mapping]
    },
    {
      sid = "LogGroups"
      # Unused here: logs:DeleteLogGroup - no function is removed here
      actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource"]
      resources = [local.groups]
    },
    # A request that creates something in Personalize names other resources too. The reference does not say which of them
    # counts, so each is allowed.
    {
      sid       = "Schemas"
      actions   = ["personalize:CreateDataset", "personalize:CreateSchema", "personalize:UpdateDataset"]
      resources = [local.personalize["schema"]]
    },
    {
      sid       = "Datasets"
      actions   = ["personalize:CreateDataset", "personalize:CreateDatasetImportJob", "personalize:UpdateDataset"]
      resources = [local.personalize["dataset"]]
    },
    {
      sid       = "DatasetGroups"
      actions   = ["personalize:CreateDataset", "personalize:CreateDatasetGroup", "personalize:CreateEventTracker", "personalize:CreateFilter", "personalize:CreateSolution"]
      resources = [local.personalize["dataset-group"]]
    },
    {
      sid       = "Imports"
      actions   = ["personalize:CreateDatasetImportJob", "personalize:DescribeDatasetImportJob"]
      resources = [local.personalize["dataset-import-job"]]
    },
    {
      sid = "Filters"
      # Unused here: personalize:DeleteFilter - no filter is removed here
      actions   = ["personalize:CreateFilter", "personalize:DeleteFilter"]
      resources = [local.personalize["filter"]]
    },
    {
      sid       = "Tracker"
      actions   = ["personalize:CreateEventTracker"]
      resources = [local.tracker]
    },
    {
      sid = "Campaigns"
      # Unused here: personalize:DeleteCampaign, personalize:UpdateCampaign - no campaign is changed or removed here
      actions   = ["personalize:CreateCampaign", "personalize:DeleteCampaign", "personalize:DescribeCampaign", "personalize:UpdateCampaign"]
      resources = [local.personalize["campaign"]]
    },
    {
      sid = "Solutions"
      # Unused here: personalize:DeleteSolution, personalize:Stop*, personalize:Update* - no model is changed or removed here
      actions = [
        "personalize:CreateCampaign",
        "personalize:CreateSolution",
        "personalize:CreateSolutionVersion",
        "personalize:DeleteSolution",
        "personalize:DescribeSolution",
        "personalize:DescribeSolutionVersion",
        "personalize:GetSolutionMetrics",
        "personalize:StopSolutionVersionCreation",
        "personalize:UpdateCampaign",
        "personalize:UpdateSolution",
      ]
      resources = [local.personalize["solution"]]
    },
    {
      sid       = "Recipes"
      actions   = ["personalize:CreateSolution"]
      resources = ["arn:${var.account.partition}:personalize:::recipe/aws-*"]
    },
    {
      sid = "Buckets"
      actions = [
        "s3:CreateBucket",
        "s3:PutBucketLogging",
        "s3:PutBucketNotification",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
      ]
      resources = [local.bucket]
    },
    {
      # Lambda reads the packages with the caller's rights.
      sid = "Packages"
      # Unused here: s3:DeleteObject* - no function is removed here
      actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectTagging"]
      resources = [local.packages]
    },
    {
      sid = "FeedMappings"
      # Unused here: s3:DeleteObject* - no mapping is removed here
      actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"]
      resources = [local.mappings]
    },
    {
      sid = "Site"
      # Unused here: s3:* - the local system has no CloudFront, so no bucket of a site
      actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject", "s3:PutObjectTagging"]
      resources = [local.site]
    },
    {
      sid       = "Seed"
      actions   = ["s3:PutObject"]
      resources = [local.seed]
    },
    {
      sid = "Schedule"
      # Unused here: scheduler:UpdateSchedule - the schedule stays as it is
      actions   = ["scheduler:CreateSchedule", "scheduler:UpdateSchedule"]
      resources = ["${local.regional.scheduler}:schedule/default/${var.prefix}-*"]
    },
    {
      sid       = "Topic"
      actions   = ["sns:CreateTopic", "sns:SetTopicAttributes", "sns:Subscribe", "sns:TagResource"]
      resources = ["${local.regional.sns}:${var.prefix}-*"]
    },
    {
      sid = "Queues"
      # Unused here: sqs:SetQueueAttributes - the queues keep their settings
      actions   = ["sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue"]
      resources = ["${local.regional.sqs}:${var.prefix}-*"]
    },
    {
      sid = "Parameters"
      # Unused here: ssm:DeleteParameter - no parameter is removed here
      actions   = ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter"]
      resources = [local.parameters]
    },
    {
      sid = "StateMachine"
      # Unused here: states:UpdateStateMachine - the state machine stays as it is
      actions   = ["states:CreateStateMachine", "states:TagResource", "states:UpdateStateMachine"]
      resources = ["${local.regional.states}:stateMachine:${var.prefix}-*"]
    },
  ]
}
