# The root module of the repository with the fewest settings: one model, example data, AWS's own network, no HTTP API.
module "animal_recommender" {
  # From another repository: source = "git::https://<host>/animal-recommender.git//terraform?ref=<tag>"
  source = "../../terraform"

  environment = var.environment
  region      = var.region

  models = {
    recommender = { recipe = "aws-user-personalization" }
  }

  # Lets `terraform destroy` remove an example at once. Leave this out in production.
  deletion_protection = false

  # Needed when the source is not a checkout in which `make setup` and `make package` ran.
  package_directory = var.package_directory
  python            = var.python
}
