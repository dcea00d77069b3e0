"""The rules for the schemas of a domain, beyond those for every schema.

Sources: developer guide, "VIDEO_ON_DEMAND datasets and schemas" and "ECOMMERCE datasets and schemas".
"""

from local_aws.personalize.avro_schema import Field, Schema
from local_aws.personalize.errors import InvalidInputError

_TEXT, _CATEGORY = Field("", "string"), Field("", "string", categorical=True)
_REQUIRED: dict[tuple[str, str], dict[str, Field]] = {
    ("VIDEO_ON_DEMAND", "Interactions"): {"EVENT_TYPE": _TEXT},
    ("VIDEO_ON_DEMAND", "Items"): {"GENRES": _CATEGORY, "CREATION_TIMESTAMP": Field("", "long")},
    ("ECOMMERCE", "Interactions"): {"EVENT_TYPE": _TEXT},
    ("ECOMMERCE", "Items"): {"PRICE": Field("", "float"), "CATEGORY_L1": _CATEGORY},
}
_RESERVED: dict[tuple[str, str], dict[str, Field]] = {
    ("VIDEO_ON_DEMAND", "Items"): dict.fromkeys(("PRICE", "DURATION", "AVERAGE_RATING"), Field("", "float"))
    | dict.fromkeys(("GENRE_L2", "GENRE_L3", "CONTENT_OWNER", "CONTENT_CLASSIFICATION"), _CATEGORY),
    ("VIDEO_ON_DEMAND", "Users"): {"SUBSCRIPTION_MODEL": _CATEGORY},
    ("ECOMMERCE", "Items"): dict.fromkeys(("CATEGORY_L2", "CATEGORY_L3", "AGE_GROUP", "ADULT", "GENDER"), _CATEGORY),
    ("ECOMMERCE", "Users"): {"MEMBERSHIP_STATUS": _CATEGORY},
}


def check_domain_schema(schema: Schema, domain: str | None) -> None:
    """Check that a schema has the fields of its domain, and these with their types.

    Raises:
        InvalidInputError: A field is missing, or it has another type.
    """
    if domain is None:
        return
    key = (domain, schema.dataset_type)
    required = _REQUIRED.get(key, {})
    for name, expected in (required | _RESERVED.get(key, {})).items():
        field = schema.field(name)
        if field is None and name in required:
            raise InvalidInputError(f"A schema of {schema.dataset_type} in the domain {domain} needs the field {name}.")
        if field and (field.type != expected.type or (expected.categorical and not field.categorical)):
            kind = f"categorical {expected.type}" if expected.categorical else expected.type
            raise InvalidInputError(f"The field {name} of the domain {domain} must be of type {kind}.")
