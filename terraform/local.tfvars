# The local AWS (`make up`, `make demo`): like dev, with short waits and small buffers.
environment         = "local"
region              = "us-east-1"
allowed_account_ids = ["123456789012"] # the account id of the local AWS: with a wrong endpoint the plan fails, and no real account is changed

s3_use_path_style    = true # 127.0.0.1 has no host name for each bucket
provider_max_retries = 3    # a request that the local AWS does not support fails at once, not after minutes

# Mails to it are files; make status names the newest one.
notification_emails = ["operator@example.org"]

deletion_protection         = false
point_in_time_recovery      = true
kms_deletion_window_in_days = 7

# The local AWS knows a new role at once, or as late as LOCAL_NEW_ROLE_SECONDS says.
role_propagation_seconds = 2
log_retention_days       = 1
retention_days           = { raw_events = 90 }

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
    gate                         = { minimum_coverage = 0.1, compare_with_popularity = true }
  }
  reranker = {
    recipe                  = "aws-personalized-ranking"
    minimum_provisioned_tps = 1
  }
  similar  = { recipe = "aws-similar-items" } # the function similar
  trending = { recipe = "aws-trending-now" }  # the function trending
}

filters = {
  species         = "INCLUDE ItemID WHERE Items.ANIMAL_SPECIES_ID IN ($SPECIES)"
  not-applied-for = "EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (\"Application\")"
  new-arrivals    = "INCLUDE ItemID WHERE Items.CREATION_TIMESTAMP > $SINCE" # epoch seconds, for promotions
  # Of groups; a request with `pets` gets animals that can be adopted now.
  available    = "INCLUDE ItemID WHERE Items.AVAILABLE_PETS > 0"
  long-waiting = "INCLUDE ItemID WHERE Items.LONGEST_WAITING_DAYS > $DAYS"
}

retraining = {
  minimum_new_interactions = 0 # train always
  training_poll_seconds    = 2
  training_timeout_seconds = 160
  campaign_poll_seconds    = 1
  campaign_timeout_seconds = 120
}

functions = { recommend = { snap_start = true } } # the local AWS keeps the setting and its versions, and no snapshot

http_api = {} # callers sign with IAM; the local AWS accepts any access key

# The example site has the API's own origin and needs none of these. Pages that are developed elsewhere do.
browser_api = {
  origins    = ["http://localhost:3000", "http://127.0.0.1:3000"]
  jwt        = { issuer = "https://login.localhost", audience = ["adoption-site"] } # the example login of the local AWS
  throttling = { rate = 2000, burst = 5000, visitors_rate = 200, visitors_burst = 1000 }
}

# For requests for one shelter, so that `make demo` and the other shelters' pages show what the models say.
experiments = {
  newest-first = {
    arms = {
      model  = { share = 0.5, shows = "recommender" }
      newest = { share = 0.5, shows = "newest" }
    }
    control  = "newest"
    shelters = ["hilltop"]
    end_date = "2099-12-31"
  }
}

batch = { filter = "not-applied-for" } # make batch ENV=local writes recommendations for all users

budget = { monthly_usd = 500 }

# The examples of examples/feeds, to try them: make import-pets FILE=examples/feeds/asm3.json ARGS="--mapping asm3". Comments
# and documents are there.
pets = {
  mappings = {
    asm3 = {
      fields = {
        id             = "SHELTERCODE"
        species        = "SPECIESNAME"
        breed          = "replace(BREEDNAME1 || BREEDNAME, ' ', '_')"
        size           = "SIZENAME"
        age            = "AGEGROUP"
        birthDate      = "DATEOFBIRTH"
        status         = "(NONSHELTERANIMAL == `1` || ISHOLD == `1` || ISQUARANTINE == `1`) && 'hidden' || HASACTIVERESERVE == `1` && 'pending' || 'available'"
        shelter        = "SITENAME || 'main'"
        name           = "ANIMALNAME"
        photo          = "WEBSITEIMAGEURL"
        url            = "WEBSITEURL"
        listedAt       = "MOSTRECENTENTRYDATE"
        "fields.sex"   = "SEXNAME"
        "fields.mixed" = "CROSSBREED == `1` && 'yes'"
      }

      words = {
        species = { cat = "1", dog = "2", rabbit = "3", "*" = "skip" }
        size    = { "very large" = "5", large = "4", medium = "3", small = "1" }
        age     = { baby = "1", "young adult" = "2", "mature adult" = "4", senior = "5", "*" = "" }
      }
    }

    petfinder = {
      records = "animals"

      fields = {
        id             = "id"
        species        = "species || type"
        breed          = "breeds.unknown && 'Mixed Breed' || breeds.primary"
        size           = "size"
        age            = "age"
        status         = "status"
        shelter        = "organization_id"
        name           = "name"
        photo          = "primary_photo_cropped.full || photos[0].large"
        url            = "url"
        listedAt       = "published_at"
        updatedAt      = "status_changed_at"
        "fields.sex"   = "gender"
        "fields.mixed" = "breeds.mixed && 'yes'"
        "fields.kids"  = "environment.children && 'good with children'"
      }

      words = {
        species = { cat = "1", dog = "2", rabbit = "3", "*" = "skip" }
        breed   = { "mixed breed" = "Mixed_Breed", "english springer spaniel" = "English_Springer_Spaniel", "maine coon" = "Maine_Coon", "holland lop" = "Holland_Lop" }
        size    = { small = "1", medium = "3", large = "4", "extra large" = "5", xlarge = "5" }
        age     = { baby = "1", young = "2", adult = "3", senior = "5" }
        status  = { adoptable = "available", adopted = "adopted", found = "skip", "*" = "hidden" }
      }
    }

    rescuegroups = {
      records               = "data"
      resolve_relationships = true

      fields = {
        id                = "id"
        species           = "relationships.species[0].attributes.singular"
        breed             = "replace(attributes.breedPrimary || 'Mixed Breed', ' ', '_')"
        size              = "attributes.sizeGroup"
        age               = "attributes.ageGroup"
        birthDate         = "attributes.birthDate"
        status            = "attributes.isAdoptionPending && 'Pending' || relationships.statuses[0].attributes.name"
        shelter           = "relationships.orgs[0].id"
        latitude          = "relationships.locations[0].attributes.lat || relationships.orgs[0].attributes.lat"
        longitude         = "relationships.locations[0].attributes.lon || relationships.orgs[0].attributes.lon"
        name              = "attributes.name"
        photo             = "sort_by(relationships.pictures || `[]`, &attributes.order)[0].attributes.large.url"
        url               = "attributes.url"
        listedAt          = "attributes.availableDate || attributes.createdDate"
        "fields.sex"      = "attributes.sex"
        "fields.mixed"    = "attributes.isBreedMixed && 'yes'"
        "fields.distance" = "attributes.distance"
      }

      words = {
        species = { cat = "1", dog = "2", rabbit = "3", "*" = "skip" }
        size    = { small = "1", medium = "3", large = "4", "x-large" = "5" }
        age     = { baby = "1", young = "2", adult = "3", senior = "5" }
        status  = { available = "available", pending = "pending", adopted = "adopted", "*" = "hidden" }
      }

      defaults = { status = "available" }
    }

    shelterluv = {
      records = "animals"

      fields = {
        id                = "\"Internal-ID\" || ID"
        species           = "Type"
        breed             = "replace(split(Breed, '/')[0], ' ', '_')"
        size              = "Size"
        birthDate         = "DOBUnixTime"
        status            = "Status"
        name              = "Name"
        photo             = "CoverPhoto || Photos[0]"
        listedAt          = "LastIntakeUnixTime"
        updatedAt         = "LastUpdatedUnixTime"
        "fields.sex"      = "Sex"
        "fields.mixed"    = "Breed && contains(Breed, '/Mix') && 'yes'"
        "fields.foster"   = "InFoster && 'yes'"
        "fields.adoptfee" = "AdoptionFeeGroup.Price"
      }

      words = {
        species = { cat = "1", dog = "2", rabbit = "3", "guinea pig" = "3", "*" = "skip" }
        breed = {
          "retriever,_labrador" = "Labrador_Retriever"
          "domestic_shorthair"  = "Domestic_Shorthair"
          "beagle"              = "Beagle"
          "*"                   = "Mixed_Breed"
        }
        size = {
          "small (0-24)"         = "1"
          "medium (25-59)"       = "3"
          "large (60-99)"        = "4"
          "extra-large (100+)"   = "5"
          "kitten (under 8 wks)" = "1"
          "*"                    = ""
        }
        status = {
          "available for adoption"           = "available"
          "available for adoption - offsite" = "available"
          "awaiting spay/neuter - in foster" = "hidden"
          "adoption pending"                 = "pending"
          "healthy in home"                  = "adopted"
          "*"                                = "hidden"
        }
        birthDate = { "0" = "" }
      }

      defaults = { shelter = "riverside", latitude = "45.52", longitude = "-122.68", breed = "Mixed_Breed" }
    }
  }
}
