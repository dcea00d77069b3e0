# Addresses that have changed. An existing deployment keeps its resources.

moved {
  from = module.front_door
  to   = module.http_api
}
