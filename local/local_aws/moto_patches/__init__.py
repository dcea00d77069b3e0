"""How moto is corrected, and the corrections of its core; those of a service are in the folder of the service.

A correction is needed where moto differs from AWS and a program that runs here would notice. Each has a probe in
`tests/integration/<service>/moto_probes.py`. A test runs the probes against the installed moto as it is, and fails for
one that passes there: that correction can be deleted.
"""
