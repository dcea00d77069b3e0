# Addresses that changed. A deployment that was made before keeps what it has.

moved {
  from = module.front_door
  to   = module.http_api
}
