"""The operations of recipes, algorithms and feature transformations, which are part of the service."""

from typing import Any

from local_aws.personalize.errors import ResourceNotFoundError
from local_aws.personalize.operation_registry import operation
from local_aws.personalize.recipe import FEATURE_TRANSFORMATION
from local_aws.personalize.recipes import RECIPES
from local_aws.personalize.resource_store import paginate
from local_aws.personalize.service import Service
from local_aws.personalize.service_model import output_shape, project

_PAGE_WITH_DOMAIN = 10


@operation("ListRecipes")
def list_recipes(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle ListRecipes: all recipes, or the use cases of a domain.

    As on AWS, whose notebooks rely on it, the pages of a domain are those of all recipes, and some of them are empty.
    Here the use cases of the domain come first.
    """
    domain = request.get("domain")
    ordered = sorted(RECIPES.values(), key=lambda recipe: recipe.domain != domain) if domain else list(RECIPES.values())
    paging = {"maxResults": _PAGE_WITH_DOMAIN} | request if domain else request
    page, token = paginate(ordered, "ListRecipes", paging)
    described = [recipe.describe() for recipe in page if domain in (None, recipe.domain)]
    response: dict[str, Any] = project(output_shape("ListRecipes"), {"recipes": described, "nextToken": token})
    return response


@operation("DescribeRecipe")
def describe_recipe(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle DescribeRecipe."""
    if recipe := RECIPES.get(request["recipeArn"]):
        response: dict[str, Any] = project(output_shape("DescribeRecipe"), {"recipe": recipe.describe()})
        return response
    raise ResourceNotFoundError.of(request["recipeArn"])


@operation("DescribeAlgorithm")
def describe_algorithm(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle DescribeAlgorithm."""
    for recipe in RECIPES.values():
        if recipe.algorithm_arn == request["algorithmArn"]:
            return {"algorithm": recipe.describe_algorithm()}
    raise ResourceNotFoundError.of(request["algorithmArn"])


@operation("DescribeFeatureTransformation")
def describe_feature_transformation(service: Service, request: dict[str, Any]) -> dict[str, Any]:
    """Handle DescribeFeatureTransformation."""
    if request["featureTransformationArn"] == FEATURE_TRANSFORMATION["featureTransformationArn"]:
        return {"featureTransformation": FEATURE_TRANSFORMATION}
    raise ResourceNotFoundError.of(request["featureTransformationArn"])
