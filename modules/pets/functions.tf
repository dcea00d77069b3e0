# put_pets takes pets one by one, import_pets takes the files that S3 reports.
locals {
  via = { for service in ["dynamodb", "s3"] : service => "${service}.${var.account.region}.amazonaws.com" }
}

module "put_pets" {
  source = "../lambda_function"

  name        = "${var.prefix}-put-pets"
  package     = "put_pets"
  description = "Puts pets into the catalogue, or removes them."
  platform    = var.platform
  settings    = try(var.functions["put_pets"], {})
  policy_json = data.aws_iam_policy_document.put_pets.json

  environment = {
    PETS_TABLE = aws_dynamodb_table.pets.name
    PUBLISHER  = module.publish_pets.alias_arn
  }
}

module "import_pets" {
  source = "../lambda_function"

  name        = "${var.prefix}-import-pets"
  package     = "import_pets"
  description = "Imports feeds of shelters into the catalogue of pets."
  platform    = var.platform
  settings    = try(var.functions["import_pets"], {})
  policy_json = data.aws_iam_policy_document.import_pets.json

  environment = {
    PETS_TABLE            = aws_dynamodb_table.pets.name
    PETS_BUCKET           = var.bucket
    PUBLISHER             = module.publish_pets.alias_arn
    MAXIMUM_REMOVED_SHARE = var.feeds.maximum_removed_share
  }
}

data "aws_iam_policy_document" "put_pets" {
  statement {
    sid       = "WritePets"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.pets.arn]
  }

  statement {
    sid       = "DecryptPets"
    actions   = ["kms:Decrypt"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = [local.via["dynamodb"]]
    }
  }

  statement {
    sid       = "Publish"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.publish_pets.alias_arn]
  }
}

data "aws_iam_policy_document" "import_pets" {
  statement {
    sid       = "WritePets"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Scan", "dynamodb:UpdateItem"]
    resources = [aws_dynamodb_table.pets.arn]
  }

  # S3's events name the version of a feed, and reading a named version needs another action.
  statement {
    sid       = "ReadFeeds"
    actions   = ["s3:GetObjectVersion"]
    resources = ["${var.bucket_arn}/feeds/*"]
  }

  statement {
    sid       = "ReadMappings"
    actions   = ["s3:GetObject"]
    resources = ["${var.bucket_arn}/mappings/*"]
  }

  # Without it S3 answers 403 for a mapping that does not exist.
  statement {
    sid       = "FindMappings"
    actions   = ["s3:ListBucket"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "WriteReports"
    actions   = ["s3:PutObject"]
    resources = ["${var.bucket_arn}/reports/*"]
  }

  statement {
    sid       = "UseKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.platform.kms_key_arn]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = values(local.via)
    }
  }

  statement {
    sid       = "Publish"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.publish_pets.alias_arn]
  }
}

resource "aws_lambda_permission" "feeds" {
  function_name  = module.import_pets.function_name
  qualifier      = module.import_pets.alias_name
  statement_id   = "Feeds"
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = var.bucket_arn
  source_account = var.account.id
}

# S3 checks immediately whether it may invoke the function.
resource "aws_s3_bucket_notification" "feeds" {
  bucket = var.bucket

  lambda_function {
    id                  = "feeds"
    lambda_function_arn = module.import_pets.alias_arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "feeds/"
  }

  depends_on = [aws_lambda_permission.feeds]
}

resource "aws_s3_object" "mapping" {
  for_each = var.feeds.mappings

  bucket       = var.bucket
  key          = "mappings/${each.key}.json"
  content_type = "application/json"

  content = jsonencode({
    records              = each.value.records
    resolveRelationships = each.value.resolve_relationships
    fields               = each.value.fields
    words                = each.value.words
    defaults             = each.value.defaults
  })
}
