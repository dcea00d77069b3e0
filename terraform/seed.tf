# The first data, and what is read from them at plan. Both files are read whole: for 750,000 items and 3 million
# interactions (220 MB) that takes 3 seconds and 0.9 GB of memory (2026-11-26).

locals {
  # A relative path counts from the folder in which Terraform runs, or else from the repository.
  own_seed_directories = var.seed.directory == null ? [] : [pathexpand(var.seed.directory), "${local.repository}/${var.seed.directory}"]
  seed_directory = var.seed.directory == null ? "${local.repository}/seed" : try(
    [for directory in local.own_seed_directories : directory if fileexists("${directory}/items.csv")][0], var.seed.directory,
  )
  seed_schemas = { for dataset in ["interactions", "items"] : dataset => try(
    [for directory in [local.seed_directory, "${local.repository}/seed"] :
      "${directory}/schemas/${dataset}.json" if fileexists("${directory}/schemas/${dataset}.json")
    ][0], "${local.seed_directory}/schemas/${dataset}.json",
  ) }

  # The fields of items.csv, each between commas; "" if the file cannot be read. Not csvdecode: it takes seconds for each
  # 100,000 lines, and here it is enough to find an id. What is wrong with a file, the check of the upload says.
  seed_items = try(",${replace(replace(file("${local.seed_directory}/items.csv"), "/[\\x22\\r]/", ""), "\n", ",")},", "")

  # The items of the first lines. Those of interactions come first: a campaign gives a score only to items that were
  # interacted with.
  first_items = distinct(flatten([for file, lines in { "interactions.csv" = 500, "items.csv" = 50 } :
    try([for row in csvdecode(regex(format("^(?:[^\n]*\n){2,%d}", lines), file("${local.seed_directory}/${file}"))) : row.ITEM_ID], [])
  ]))
  known_items  = [for item in local.first_items : item if strcontains(local.seed_items, ",${item},")]
  canary_items = slice(local.known_items, 0, min(4, length(local.known_items)))
}
