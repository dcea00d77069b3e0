# Names and tags are computed here and nowhere else.

locals {
  # With 37 characters the longest function name fits 64 characters, and the longest bucket name, which also has the
  # account id, fits 63.
  full_prefix = "${var.environment}-animal-recommender"
  prefix = length(local.full_prefix) <= 37 ? local.full_prefix : join("-", [
    trimsuffix(substr(local.full_prefix, 0, 28), "-"), substr(sha256(local.full_prefix), 0, 8),
  ])

  parameter_path = "/animal-recommender/${var.environment}"
  fallback_key   = "fallback/popular.json"

  tags = merge({
    Application = "animal-recommender"
    Environment = var.environment
    ManagedBy   = "terraform"
  }, var.tags)

  account = {
    id        = data.aws_caller_identity.current.account_id
    region    = var.region
    partition = data.aws_partition.current.partition
  }

  # The repository. The state keeps the paths of the scripts, so this path is relative, and thus the same on every
  # machine, unless the source of this module is an absolute path.
  repository        = "${path.module}/.."
  package_directory = coalesce(var.package_directory, "${local.repository}/build")
  seed_directory    = coalesce(var.seed.directory, "${local.repository}/seed")
  python            = coalesce(var.python, fileexists("${local.repository}/.venv/bin/python") ? "${local.repository}/.venv/bin/python" : "python3")

  platform = {
    environment        = var.environment
    package_directory  = local.package_directory
    package_bucket     = module.storage.packages_bucket_name
    runtime            = var.lambda_runtime
    architecture       = var.lambda_architecture
    log_level          = var.log_level
    log_retention_days = var.log_retention_days
    kms_key_arn        = module.encryption.key_arn
    vpc_config         = var.vpc_config
  }
}

locals {
  # The default is 256 MB and 30 seconds. Lambda gives processor time in proportion to memory: 1,769 MB are one vCPU.
  function_defaults = {
    put_events                = { memory_size = 512, timeout = 120 }
    record_history            = { memory_size = 512, timeout = 120 }
    get_history               = { timeout = 10 }
    recommend                 = { memory_size = 512, timeout = 10 }
    rerank                    = { memory_size = 512, timeout = 10 }
    plan_retraining           = {}
    check_interactions        = { timeout = 60 }
    create_solution_version   = {}
    describe_solution_version = {}
    stop_solution_version     = {}
    evaluate_solution_version = {}
    update_campaign           = {}
    describe_campaign         = {}
    verify_campaign           = { timeout = 60 }
    report_outcome            = {}
  }

  functions = { for name, defaults in local.function_defaults : name => merge(
    defaults,
    { for setting, value in try(var.functions[name], {}) : setting => value if value != null },
  ) }
}
