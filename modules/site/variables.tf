variable "prefix" {
  description = "Prefix of the names of all resources, for example dev-animal-recommender."
  type        = string
}

variable "account" {
  description = "AWS account: id, region, partition."
  type        = object({ id = string, region = string, partition = string })
}

variable "sources" {
  description = "What is published: path in the site (empty for the root) => folder or file on this machine. Files whose names begin with a dot, and README.md, are left out."
  type        = map(string)

  validation {
    condition     = contains(keys(var.sources), "") && try(fileexists("${var.sources[""]}/index.html"), false)
    error_message = "sources must have a folder with an index.html for the root, the entry with the empty path."
  }
}

variable "api_url" {
  description = "URL of the browser API, which the published config.js tells the pages."
  type        = string
}

variable "settings" {
  description = "domain: names of your own for the site, and the ARN of their ACM certificate in us-east-1; null: the name that CloudFront gives it. price_class: in which regions CloudFront keeps copies."
  type = object({
    domain = optional(object({
      names           = set(string)
      certificate_arn = string
    }))
    price_class = optional(string, "PriceClass_100")
  })
  default = {}

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.settings.price_class)
    error_message = "settings.price_class must be PriceClass_100, PriceClass_200 or PriceClass_All."
  }

  validation {
    condition     = try(length(var.settings.domain.names) > 0 && can(regex("^arn:[a-z-]+:acm:us-east-1:", var.settings.domain.certificate_arn)), var.settings.domain == null)
    error_message = "settings.domain must have at least one name, and the ARN of a certificate in us-east-1: CloudFront takes no other region's."
  }
}

variable "force_destroy" {
  description = "Whether a destroy also deletes the published files."
  type        = bool
}
