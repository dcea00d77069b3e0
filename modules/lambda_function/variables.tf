variable "name" {
  description = "Name of the function and of its role, for example `dev-animal-recommender-put-events`."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9-_]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, hyphens or underscores."
  }
}

variable "description" {
  description = "One sentence on what the function does."
  type        = string
}

variable "package" {
  description = "Name of the Python package under functions/ and of its zip in platform.package_directory, for example `put_events`."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*$", var.package))
    error_message = "package must be a Python package name: lower-case letters, digits and underscores."
  }
}

variable "platform" {
  description = "Settings that all functions of an environment share: the folder of the zips, the bucket through which they are uploaded, the runtime and architecture that they were built for, logging, the encryption key, the VPC (null: none), and the Python with which provisioners run the scripts of this repository (only for snap_start)."
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

  validation {
    condition     = contains(["arm64", "x86_64"], var.platform.architecture)
    error_message = "platform.architecture must be arm64 or x86_64."
  }

  validation {
    condition     = contains(["python3.11", "python3.12", "python3.13"], var.platform.runtime)
    error_message = "platform.runtime must be python3.11, python3.12 or python3.13."
  }

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.platform.log_level)
    error_message = "platform.log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "settings" {
  description = "Size and scaling of this function: memory_size in MB, timeout in seconds, reserved_concurrency (-1: none, the function uses the pool of the account), provisioned_concurrency of the alias (0: none), snap_start."
  type = object({
    memory_size             = optional(number, 256)
    timeout                 = optional(number, 30)
    reserved_concurrency    = optional(number, -1)
    provisioned_concurrency = optional(number, 0)
    snap_start              = optional(bool, false)
  })
  default = {}

  validation {
    condition     = var.settings.memory_size >= 128 && var.settings.memory_size <= 10240
    error_message = "settings.memory_size must be 128 to 10240 (MB)."
  }

  validation {
    condition     = var.settings.timeout >= 1 && var.settings.timeout <= 900
    error_message = "settings.timeout must be 1 to 900 (seconds)."
  }

  validation {
    condition     = var.settings.reserved_concurrency >= -1
    error_message = "settings.reserved_concurrency must be -1 (nothing reserved), 0 (the function is stopped) or a number of executions."
  }

  validation {
    condition     = var.settings.provisioned_concurrency >= 0
    error_message = "settings.provisioned_concurrency must be 0 (none) or a number of executions."
  }

  validation {
    condition     = !(var.settings.snap_start && var.settings.provisioned_concurrency > 0)
    error_message = "settings.snap_start and settings.provisioned_concurrency cannot be used together (a rule of Lambda): choose one."
  }

  validation {
    condition     = var.settings.reserved_concurrency == -1 || var.settings.provisioned_concurrency <= var.settings.reserved_concurrency
    error_message = "settings.provisioned_concurrency must not exceed settings.reserved_concurrency."
  }

  validation {
    condition     = !var.settings.snap_start || contains(["python3.12", "python3.13"], var.platform.runtime)
    error_message = "settings.snap_start needs platform.runtime python3.12 or python3.13."
  }

  validation {
    condition     = !var.settings.snap_start || var.platform.scripts != null
    error_message = "settings.snap_start needs platform.scripts: without them old versions, whose snapshots are billed, would never be deleted."
  }
}

variable "environment" {
  description = "Environment variables of this function, in addition to those of all functions."
  type        = map(string)
  default     = {}
}

variable "visitor_tokens" {
  description = "What the function needs to check or issue visitors' tokens: the ARN of their HMAC key, how many days a token is valid, and its generation. Null if it does neither."
  type = object({
    key_arn    = string
    days       = number
    generation = number
  })
  default = null
}

variable "policy_json" {
  description = "IAM policy document with the calls that the code of the function makes, or null if it makes none. The module adds logs, traces and the VPC."
  type        = string
  default     = null
}
