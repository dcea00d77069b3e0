# A small deployment to develop against: real services, everything may be destroyed.
environment = "dev"
region      = "us-east-1"
# allowed_account_ids = ["111111111111"] # your development account: with other credentials nothing is made

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
  }
}

filters = {
  by-species      = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)"
  not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\")"
}
