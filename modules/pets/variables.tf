variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender."
  type        = string
}

variable "account" {
  description = "Where the resources are: account id, region and partition."
  type = object({
    id        = string
    region    = string
    partition = string
  })
}

variable "platform" {
  description = "Settings that all functions of an environment share; see modules/lambda_function. Its key encrypts the table, too."
  type = object({
    environment        = string
    package_directory  = string
    package_bucket     = string
    runtime            = string
    architecture       = string
    log_level          = string
    log_retention_days = number
    kms_key_arn        = string
    vpc_config = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
    scripts = optional(object({
      python      = string
      python_path = list(string)
    }))
  })
}

variable "functions" {
  description = "Size and scaling of the functions; see modules/lambda_function."
  type = map(object({
    memory_size             = optional(number)
    timeout                 = optional(number)
    reserved_concurrency    = optional(number)
    provisioned_concurrency = optional(number)
    snap_start              = optional(bool)
  }))
  default = {}
}

variable "bucket" {
  description = "Name of the bucket with feeds, mappings, reports and the snapshot of the catalogue. This module sets its notifications."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of that bucket."
  type        = string
}

variable "items" {
  description = "The items dataset of Amazon Personalize, its schema, and where the items file of the seed is."
  type = object({
    dataset_arn     = string
    schema_arn      = string
    seed_bucket     = string
    seed_bucket_arn = string
    seed_key        = optional(string, "seed/items.csv")
  })
}

variable "age_limits" {
  description = "The ages in years at which the age ids 2, 3, 4 and 5 begin, for pets with a birth date. The root module validates them."
  type        = list(number)
}

variable "feeds" {
  description = "How feeds are imported. maximum_removed_share: a complete feed that would take a larger share (0 to 1) of its source's available pets off the site is refused. mappings: name of a folder under feeds/complete/ and feeds/changes/ -> how the files in it become pets; see docs/feeds.md."
  type = object({
    maximum_removed_share = optional(number, 0.3)
    mappings = optional(map(object({
      records               = optional(string)
      resolve_relationships = optional(bool, false)
      fields                = map(string)
      words                 = optional(map(map(string)), {})
      defaults              = optional(map(string), {})
    })), {})
  })
  default = {}

  validation {
    condition     = var.feeds.maximum_removed_share >= 0 && var.feeds.maximum_removed_share <= 1
    error_message = "feeds.maximum_removed_share must be 0 (a feed removes nothing) to 1 (it may remove everything)."
  }

  validation {
    condition     = alltrue([for name in keys(var.feeds.mappings) : can(regex("^[a-z0-9][a-z0-9_-]{0,62}$", name))])
    error_message = "feeds.mappings: a name must be 1 to 63 lower-case letters, digits, hyphens and underscores, since it is the name of a folder."
  }

  validation {
    condition     = alltrue([for mapping in values(var.feeds.mappings) : contains(keys(mapping.fields), "id")])
    error_message = "feeds.mappings: each mapping must have an expression for fields.id."
  }

  validation {
    condition = alltrue(flatten([for mapping in values(var.feeds.mappings) : [
      for field in concat(keys(mapping.fields), keys(mapping.words), keys(mapping.defaults)) : startswith(field, "fields.") || contains([
        "id", "species", "breed", "size", "age", "birthDate", "status", "shelter", "latitude", "longitude", "name", "photo", "url", "listedAt", "updatedAt",
      ], field)
    ]]))
    error_message = "feeds.mappings: fields, words and defaults must have names of a pet's fields (id, species, breed, size, age, birthDate, status, shelter, latitude, longitude, name, photo, url, listedAt, updatedAt), or begin with fields. for fields of the site's own."
  }
}

variable "point_in_time_recovery" {
  description = "Whether the table can be restored to any second of the last 35 days."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = false
}
