# Production: protected against accidents, with capacity for a busy evening.
environment = "prod"
region      = "us-east-1"
# allowed_account_ids = ["222222222222"] # your production account: with credentials of another one the plan fails

deletion_protection         = true
point_in_time_recovery      = true
kms_deletion_window_in_days = 30
log_retention_days          = 365
retention_days              = { raw_events = 1095, access_logs = 365, older_versions = 90 }

stream = { retention_hours = 168 }

stream_mapping = {
  batch_size              = 500
  batching_window_seconds = 1
  parallelization_factor  = 2
}

firehose = {
  buffering_seconds = 300
  buffering_mib     = 64
}

functions = {
  put_events     = { memory_size = 1024 } # with stream_mapping: 1,000 events a second, with room to catch up (docs/deployment.md)
  record_history = { memory_size = 1024 }
  recommend      = { memory_size = 1024 }
  rerank         = { memory_size = 1024 }
}

models = {
  recommender = {
    recipe                       = "aws-user-personalization"
    minimum_provisioned_tps      = 5
    exploration_weight           = 0.3
    exploration_item_age_cut_off = 30
    gate                         = { threshold = 0.1, minimum_coverage = 0.2 }
  }
  reranker = {
    recipe                  = "aws-personalized-ranking"
    minimum_provisioned_tps = 5
    gate                    = { threshold = 0.1 }
    # After each promotion the canary asks the campaign to rank these animal groups. They must be in your catalogue.
    canary = { item_ids = ["1-Bengal-2-2", "1-Persian-3-3", "2-Beagle-3-2", "2-Saint_Bernard-5-3"] }
  }
}

filters = {
  species         = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)"
  not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\")"
  new-arrivals    = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > $SINCE" # epoch seconds, for promotions
}

# http_api = { jwt = { issuer = "https://id.example.org", audience = ["adoption-site"] } } # with {} callers sign with IAM

retraining = {
  schedule_expression      = "cron(0 3 * * ? *)"
  timezone                 = "UTC"
  minimum_new_interactions = 1000
}

# notification_emails = ["on-call@example.org"]

budget = { monthly_usd = 2000 } # for Amazon Personalize
