"""The filter expressions of Personalize: parse them, check them against the schemas of a group, and apply them."""

from local_aws.personalize.filters.apply import FilterContext, allowed_items
from local_aws.personalize.filters.check import check_filter, fields_of
from local_aws.personalize.filters.parser import parse_filter
from local_aws.personalize.filters.syntax import Filter

__all__ = ["Filter", "FilterContext", "allowed_items", "check_filter", "fields_of", "parse_filter"]
