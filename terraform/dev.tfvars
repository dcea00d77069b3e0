# A small deployment for development: real AWS services, and nothing that must be kept.
environment = "dev"
region      = "us-east-1"
# allowed_account_ids = ["111111111111"] # your development account: with credentials of another one the plan fails

deletion_protection         = false
point_in_time_recovery      = false
kms_deletion_window_in_days = 7
log_retention_days          = 14
retention_days              = { raw_events = 90 }

# What your apps send as eventType, in exactly this spelling; another spelling of one of these is refused.
event_types = ["DetailView", "Favorite", "Application"]

stream_mapping = {
  batch_size              = 100
  batching_window_seconds = 0 # Lambda polls once a second anyway; a window makes recommendations later
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
    gate                         = { minimum_coverage = 0.1 }
  }
  reranker = {
    recipe                  = "aws-personalized-ranking"
    minimum_provisioned_tps = 1
  }
  # Each of these is one more campaign, with a function of its name; make cost ENV=dev says what it costs.
  # similar  = { recipe = "aws-similar-items" } # pets like one, for the page of a pet
  # trending = { recipe = "aws-trending-now" }  # pets that many visitors look at lately
}

filters = {
  species         = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)"
  not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\")"
  new-arrivals    = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > $SINCE" # epoch seconds, for promotions
  # Of groups; a request with `pets` gets animals that can be adopted now.
  available    = "INCLUDE ItemID WHERE Items.AVAILABLE_PETS > 0"
  long-waiting = "INCLUDE ItemID WHERE Items.LONGEST_WAITING_DAYS > $DAYS"
}

# batch = { filter = "not-applied-for" } # recommendations for newsletters, written to S3 once a week; billed by user

retraining = {
  schedule_expression      = "cron(0 3 * * ? *)"
  timezone                 = "UTC"
  minimum_new_interactions = 1000
}

# notification_emails = ["you@example.org"]

# Pets come by PUT /pets or from files, see docs/feeds.md. The mappings for shelter software are in examples/feeds.
# pets = {
#   feed_expected_hours = 26 # an alarm, if feeds come every night
#   mappings            = { … }
# }
