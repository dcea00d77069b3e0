# Documents as Petfinder's API v2 had them, which many programs still write: {"animals": [...]}.
pets = {
  mappings = {
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
  }
}
