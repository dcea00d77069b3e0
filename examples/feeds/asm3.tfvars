# ASM3 (Animal Shelter Manager, sheltermanager.com): the answer of the service call json_adoptable_animals, or
# json_shelter_animals, as it is: a list. https://sheltermanager.com/repo/asm3_help/serviceapi.html
# Both leave out animals that were adopted, so send them as a complete feed: what it lacks is then marked as removed.
pets = {
  mappings = {
    asm3 = {
      fields = {
        id      = "SHELTERCODE"
        species = "SPECIESNAME"
        # 1 is true here; CROSSBREED says that BREEDNAME1 is only the first of two.
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
  }
}
