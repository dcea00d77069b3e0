# The catalogue of pets. functions/animal_recommender/pets/pet_table.py has the layout.
resource "aws_dynamodb_table" "pets" {
  #checkov:skip=CKV_AWS_28:Point-in-time recovery is a setting of the environment; prod.tfvars enables it
  name                        = "${var.prefix}-pets"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  attribute {
    name = "availableShelter"
    type = "S"
  }

  attribute {
    name = "listedAt"
    type = "S"
  }

  # Only available pets have availableShelter, so the index is small: it is what the snapshot of the catalogue is made of.
  global_secondary_index {
    name               = "available"
    hash_key           = "availableShelter"
    range_key          = "listedAt"
    projection_type    = "INCLUDE"
    non_key_attributes = ["species", "breed", "size", "age", "birthDate", "latitude", "longitude"]
  }

  ttl {
    attribute_name = "expiresAt"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = var.point_in_time_recovery
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.platform.kms_key_arn
  }
}
