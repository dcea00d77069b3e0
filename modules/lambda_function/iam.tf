data "aws_iam_policy_document" "assume_role" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  #checkov:skip=CKV_AWS_111:X-Ray and the network interfaces of a VPC function do not support resource-level permissions
  #checkov:skip=CKV_AWS_356:X-Ray and the network interfaces of a VPC function do not support resource-level permissions
  source_policy_documents = compact([var.policy_json])

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }

  # Lambda decrypts the environment variables as this role. The grant that it makes for the role names the role's internal
  # id, so it is lost when a role is made again under the same name:
  # https://repost.aws/knowledge-center/lambda-kmsaccessdeniedexception-errors
  statement {
    sid       = "DecryptEnvironment"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:aws:lambda:FunctionArn"
      values   = [local.arn]
    }
  }

  dynamic "statement" {
    for_each = var.visitor_tokens[*]

    content {
      sid       = "VisitorTokens"
      actions   = ["kms:GenerateMac"]
      resources = [statement.value.key_arn]
    }
  }

  # The two write actions of X-Ray have no resource type.
  statement {
    sid       = "Traces"
    actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"]
  }

  # The same actions as in AWSLambdaVPCAccessExecutionRole. Lambda checks them without a resource when it creates the function.
  dynamic "statement" {
    for_each = var.platform.vpc_config[*]

    content {
      sid = "Network"
      actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  description        = "Execution role of the function ${var.name}"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy" "this" {
  name   = "calls"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.this.json
}
