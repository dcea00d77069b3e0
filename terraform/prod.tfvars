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

# What your apps send as eventType, in exactly this spelling; another spelling of one of these is refused.
event_types = ["DetailView", "Favorite", "Application"]

stream_mapping = {
  batch_size              = 500
  batching_window_seconds = 0
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
    gate                         = { minimum_coverage = 0.2, compare_with_popularity = true }
  }
  reranker = {
    recipe                  = "aws-personalized-ranking"
    minimum_provisioned_tps = 5
  }
  # Each of these is one more campaign, with a function of its name; make cost ENV=prod says what it costs.
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

# http_api = { jwt = { issuer = "https://id.example.org", audience = ["adoption-site"] } } # with {} callers sign with IAM

# browser_api = { origins = ["https://www.example.org"], jwt = { issuer = "https://id.example.org", audience = ["adoption-site"] } }

# batch = { filter = "not-applied-for" } # recommendations for newsletters, written to S3 once a week; billed by user

retraining = {
  schedule_expression      = "cron(0 3 * * ? *)"
  timezone                 = "UTC"
  minimum_new_interactions = 1000
}

# notification_emails = ["on-call@example.org"]

budget = { monthly_usd = 2000 } # for Amazon Personalize

# Pets come by PUT /pets or from files, see docs/feeds.md. The mappings for shelter software are in examples/feeds.
# pets = {
#   feed_expected_hours = 26 # an alarm, if feeds come every night
#   mappings            = { … }
# }
