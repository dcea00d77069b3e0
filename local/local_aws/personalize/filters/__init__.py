"""Personalize's filter expressions: read, checked against a dataset group's schemas, and applied."""

from local_aws.personalize.filters.apply import FilterContext, allowed_items
from local_aws.personalize.filters.check import check_filter, fields_of
from local_aws.personalize.filters.parser import parse_filter
from local_aws.personalize.filters.syntax import Filter

__all__ = ["Filter", "FilterContext", "allowed_items", "check_filter", "fields_of", "parse_filter"]
