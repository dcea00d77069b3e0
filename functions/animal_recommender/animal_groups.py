"""Animal groups: the items of Personalize. This is the one place that makes their ids."""

from animal_recommender.validation import MAX_ID_LENGTH, Fields

SPECIES = "animal_species_id"
BREED = "animal_primary_breed_id"
SIZE = "animal_size_id"
AGE = "animal_age_id"

_MAX_SPECIES = 999_999


def animal_group_id(metadata: object, path: str = "animalMetadata") -> str:
    """Make the item id `species-breed-size-age` of an animal, e.g. `2-Saint_Bernard-3-2`.

    `metadata` holds animal_species_id (a positive integer; the example data has 1 = cat, 2 = dog),
    animal_primary_breed_id (a name, hyphens and spaces included: the three numbers around it keep the
    id unambiguous), animal_size_id and animal_age_id (1-5), each as number or string.
    Raises ValidationError naming each wrong field under `path`.
    """
    fields = Fields(metadata, path)
    if not fields.is_object:
        fields.finish()
    species = fields.integer(SPECIES, minimum=1, maximum=_MAX_SPECIES)
    breed = fields.identifier(BREED, required=True)
    size = fields.integer(SIZE, minimum=1, maximum=5)
    age = fields.integer(AGE, minimum=1, maximum=5)
    group = f"{species}-{breed}-{size}-{age}"
    if not fields.errors and len(group) > MAX_ID_LENGTH:
        fields.refuse(BREED, f"must leave the whole id within {MAX_ID_LENGTH} characters")
    if breed and not breed.strip():
        fields.refuse(BREED, "must not be blank")
    fields.finish()
    return group
