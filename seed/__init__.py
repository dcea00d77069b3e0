"""Example data: 925 animal groups and the visits of adopters who never existed.

`items.csv` and `interactions.csv` are the bulk import that the first models are trained on, `schemas/` what Amazon
Personalize is told about their columns (same names, same order), `payloads/` one request for each function.
`python -m seed.generate` writes both CSV files again, byte for byte.

The files' times end at a fixed moment (`seed.visits.END`). `scripts/provision/upload_seed.py --rebase` moves all of them so that
the newest event lies just before now; otherwise live events would seem to come years after everything known.

Bring data of your own in the same columns, in any directory, and ask `make check-seed FILE…` what would be refused.
"""
