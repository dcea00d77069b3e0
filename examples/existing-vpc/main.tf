# The network of network.tf; the module has a provider of its own, which its variable `region` configures.
provider "aws" {
  region = var.region
}

module "animal_recommender" {
  # From another repository: source = "git::https://<host>/animal-recommender.git//terraform?ref=<tag>"
  source = "../../terraform"

  environment = var.environment
  region      = var.region

  models = {
    recommender = { recipe = "aws-user-personalization" }
    reranker = {
      recipe = "aws-personalized-ranking"
      # The campaign is asked to rank these after each promotion: animal groups that exist in your catalogue.
      canary = { item_ids = ["1-Bengal-2-2", "2-Beagle-3-2"] }
    }
  }

  vpc_config = {
    subnet_ids         = values(aws_subnet.private)[*].id
    security_group_ids = [aws_security_group.functions.id]
  }

  # Lets `terraform destroy` remove an example at once. Leave this out in production.
  deletion_protection = false

  # Needed when the source is not a checkout in which `make setup` and `make package` ran.
  package_directory = var.package_directory
  python            = var.python
}
