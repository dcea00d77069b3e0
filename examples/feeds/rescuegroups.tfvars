# RescueGroups.org, API v5: the answer of /public/animals/search with include=species,statuses,orgs,locations,pictures, as
# it is. It is JSON:API: what an animal refers to stands in `included`, so resolve_relationships puts it in its place.
# https://api.rescuegroups.org/v5/public/docs
pets = {
  mappings = {
    rescuegroups = {
      records               = "data"
      resolve_relationships = true

      fields = {
        id      = "id"
        species = "relationships.species[0].attributes.singular"
        # Of a mix the first breed counts. An animal of no known breed is a mix, too.
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
        species = { cat = "1", dog = "2", rabbit = "3", "*" = "skip" } # other species are left out
        size    = { small = "1", medium = "3", large = "4", "x-large" = "5" }
        age     = { baby = "1", young = "2", adult = "3", senior = "5" }
        status  = { available = "available", pending = "pending", adopted = "adopted", "*" = "hidden" }
      }

      defaults = { status = "available" }
    }
  }
}
