# The local AWS (`make up`, `make demo`): like dev, with short waits and small buffers.
environment         = "local"
region              = "us-east-1"
allowed_account_ids = ["123456789012"] # the account id of the local AWS: with a wrong endpoint the plan fails, and no real account is changed

s3_use_path_style    = true # 127.0.0.1 has no host name for each bucket
provider_max_retries = 3    # a request that the local AWS does not support fails at once, not after minutes

deletion_protection         = false
point_in_time_recovery      = true
kms_deletion_window_in_days = 7
log_retention_days          = 1
retention_days              = { raw_events = 90 }

stream_mapping = {
  batch_size              = 100
  batching_window_seconds = 0
}

firehose = {
  buffering_seconds = 0
  buffering_mib     = 1
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
  minimum_new_interactions = 0 # train always
  training_poll_seconds    = 1
  training_timeout_seconds = 300
  campaign_poll_seconds    = 1
  campaign_timeout_seconds = 120
}

http_api = {} # callers sign with IAM; the local AWS accepts any access key

budget = { monthly_usd = 500 }
