# A shelter with about a thousand visitors a day: one model, trained twice a week, and everything kept small. To use it as the
# production of such a site, set deletion_protection to true.
environment = "small"
region      = "us-east-1"
# allowed_account_ids = ["111111111111"] # your account: with credentials of another one the plan fails

deletion_protection    = false
point_in_time_recovery = true
log_retention_days     = 14
retention_days         = { raw_events = 365 }
history_ttl_days       = 180

# Few events: larger batches cost less, and some seconds are soon enough.
stream_mapping = {
  batch_size              = 500
  batching_window_seconds = 5
}

firehose = {
  buffering_seconds = 300
  buffering_mib     = 5
}

# No re-ranking: its campaign would cost as much as the other one.
models = {
  recommender = {
    recipe                       = "aws-user-personalization"
    minimum_provisioned_tps      = 1
    exploration_weight           = 0.3
    exploration_item_age_cut_off = 30
    monthly_training_hours       = 40
    gate                         = { minimum_coverage = 0.1 }
  }
}

# The event types that the apps send. An event of another spelling (detail_view) is refused.
event_types = ["DetailView", "Favorite", "Application"]

filters = {
  species         = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)"
  not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\")"
  new-arrivals    = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > $SINCE" # epoch seconds, for promotions
  # Of groups; a request with `pets` gets animals that can be adopted now.
  available    = "INCLUDE ItemID WHERE Items.AVAILABLE_PETS > 0"
  long-waiting = "INCLUDE ItemID WHERE Items.LONGEST_WAITING_DAYS > $DAYS"
}

# A thousand visitors bring some ten thousand events a day, so twice a week is enough.
retraining = {
  schedule_expression      = "cron(0 3 ? * MON,THU *)"
  timezone                 = "UTC"
  minimum_new_interactions = 1000
}

alarms = { retraining_days = 5 }

budget = { monthly_usd = 400 }

# notification_emails = ["you@example.org"]

# Pets come by PUT /pets or from files, see docs/feeds.md. The mappings for shelter software are in examples/feeds.
# pets = {
#   feed_expected_hours = 26 # an alarm, if feeds come every night
#   mappings            = { … }
# }
