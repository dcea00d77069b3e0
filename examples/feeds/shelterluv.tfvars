# Shelterluv, API v1: the pages of /api/v1/animals, as they are. https://help.shelterluv.com
# One page has at most 100 animals: put all of them into one file (as JSON Lines, or one "animals" list) before you send a
# complete feed, or send each page as changes.
pets = {
  mappings = {
    shelterluv = {
      records = "animals"

      fields = {
        id      = "\"Internal-ID\" || ID"
        species = "Type"
        # "Retriever, Labrador/Mix": the breed before the slash.
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
          "*"                    = "" # a size that is not in this table counts as unknown
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

      # Shelterluv is the software of one shelter, and its place is not in each animal.
      defaults = { shelter = "riverside", latitude = "45.52", longitude = "-122.68", breed = "Mixed_Breed" }
    }
  }
}
