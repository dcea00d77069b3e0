# The key from which the signing keys of the tokens are derived, one for each day. KMS does not rotate HMAC keys; the
# keys that sign change daily. Its material never leaves KMS.
resource "aws_kms_key" "tokens" {
  #checkov:skip=CKV_AWS_7:KMS cannot rotate HMAC keys; each day has a signing key of its own
  description              = "Signs the tokens of the visitors of ${var.prefix}"
  customer_master_key_spec = "HMAC_256"
  key_usage                = "GENERATE_VERIFY_MAC"
  deletion_window_in_days  = var.deletion_window_in_days
  policy                   = data.aws_iam_policy_document.tokens.json
}

# In a key policy `Resource: *` means this key only. IAM policies of the account decide who can use the key.
data "aws_iam_policy_document" "tokens" {
  #checkov:skip=CKV_AWS_109:In a key policy the resource is the key itself
  #checkov:skip=CKV_AWS_111:In a key policy the resource is the key itself
  #checkov:skip=CKV_AWS_356:In a key policy the resource is the key itself
  statement {
    sid       = "AccountAdministers"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${var.account.partition}:iam::${var.account.id}:root"]
    }
  }
}
