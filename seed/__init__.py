"""Example data: 925 animal groups and the visits of adopters who never existed.

`items.csv` and `interactions.csv` are the bulk import on which the first models are trained. `schemas/` has the schemas
of their columns for Amazon Personalize (same names, same order), `payloads/` one request for each function.
`python -m seed.generate` writes both CSV files again, byte for byte.

The files' times end at a fixed moment (`seed.visits.END`). When Terraform uploads them with `rebase`
(scripts/provision/upload_seed.py), all times move so that the newest event is just before now. Otherwise live events
would seem to happen years after all known ones.

Use your own data in any directory, with the same columns or with schemas of its own; `make check-seed FILE=…` says what
Personalize would refuse.
"""
