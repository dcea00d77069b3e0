"""Animal groups, the items of Personalize. This is the only place that makes their ids."""

from animal_recommender.validation import MAX_ID_LENGTH, FieldReader

SPECIES = "animal_species_id"
BREED = "animal_primary_breed_id"
SIZE = "animal_size_id"
AGE = "animal_age_id"

_MAX_SPECIES = 999_999


def animal_group_id(metadata: object, path: str = "animalMetadata") -> str:
    """Return the item id `species-breed-size-age` of an animal, e.g. `2-Saint_Bernard-3-2`.

    Args:
        metadata: An object with animal_species_id (a positive integer; in the example data 1 is cat and 2 is dog),
            animal_primary_breed_id (a name, which may contain hyphens and spaces: the three numbers around it keep
            the id unambiguous), animal_size_id and animal_age_id (1-5). Each is a number or a string.
        path: What errors call the object.

    Raises:
        ValidationError: Names each wrong field.
    """
    reader = FieldReader(metadata, path)
    if not reader.is_object:
        reader.raise_errors()
    species = reader.read_integer(SPECIES, minimum=1, maximum=_MAX_SPECIES)
    breed = reader.read_identifier(BREED, required=True)
    size = reader.read_integer(SIZE, minimum=1, maximum=5)
    age = reader.read_integer(AGE, minimum=1, maximum=5)
    group = f"{species}-{breed}-{size}-{age}"
    if not reader.errors and len(group) > MAX_ID_LENGTH:
        reader.add_error(BREED, f"must leave the whole id within {MAX_ID_LENGTH} characters")
    if breed and not breed.strip():
        reader.add_error(BREED, "must not be blank")
    reader.raise_errors()
    return group
