# A small deployment for development: real AWS services, and nothing that must be kept.
environment = "dev"
region      = "us-east-1"
# allowed_account_ids = ["111111111111"] # your development account: with credentials of another one the plan fails

deletion_protection         = false
point_in_time_recovery      = false
kms_deletion_window_in_days = 7
log_retention_days          = 14
retention_days              = { raw_events = 90 }

stream_mapping = {
  batch_size              = 100
  batching_window_seconds = 1
}

firehose = {
  buffering_seconds = 60
  buffering_mib     = 5
}

models = {
  recommender = {
    recipe                       = "aws-user-personalization"
    minimum_provisioned_tps      = 1
    exploration_weight           = 0.3
    exploration_item_age_cut_off = 30
    gate                         = { threshold = 0.05, minimum_coverage = 0.1 }
  }
  reranker = {
    recipe                  = "aws-personalized-ranking"
    minimum_provisioned_tps = 1
    gate                    = { threshold = 0.05 }
    # After each promotion the canary asks the campaign to rank these animal groups. They must be in your catalogue.
    canary = { item_ids = ["1-Bengal-2-2", "1-Persian-3-3", "2-Beagle-3-2", "2-Saint_Bernard-5-3"] }
  }
}

filters = {
  species         = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)"
  not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\")"
  new-arrivals    = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > $SINCE" # epoch seconds, for promotions
}

retraining = {
  schedule_expression      = "cron(0 3 * * ? *)"
  timezone                 = "UTC"
  minimum_new_interactions = 1000
}

# notification_emails = ["you@example.org"]
