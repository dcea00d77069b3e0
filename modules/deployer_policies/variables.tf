variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender."
  type        = string
}

variable "environment" {
  description = "Name of the deployment; the SSM parameters are under its path."
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

variable "kms_key_arn" {
  description = "ARN of the environment's key, once it exists (output kms_key_arn of the root module). Null, as before the first apply, means every key of the account and region whose own policy admits the account."
  type        = string
  default     = null
}

variable "visitor_key_arn" {
  description = "ARN of the key of visitors' tokens, if there is one (output visitor_key_arn of the root module). It counts only with kms_key_arn."
  type        = string
  default     = null
}

variable "state" {
  description = "The bucket of the remote state, the beginning of its keys, and the key that encrypts it (null: none of your own). Null means that the state is a local file."
  type = object({
    bucket      = string
    key_prefix  = string
    kms_key_arn = optional(string)
  })
  default = null
}
