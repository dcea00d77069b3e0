"""Experiments for tests."""

import json

from animal_recommender.experiments.definition import Experiment, parse_experiments


def document(shares=None, **settings):
    """Return a definition as Terraform writes it, by default of two equal arms that show the popular list."""
    shows = settings.pop("shows", {})
    shares = shares or {"newest": 0.5, "popular": 0.5}
    arms = {name: {"share": share, "shows": shows.get(name, "popular")} for name, share in shares.items()}
    return {"arms": arms, "end_date": "2099-12-31", **settings}


def experiment(name: str = "shelf", shares=None, **settings) -> Experiment:
    """Return an experiment."""
    return parse_experiments(json.dumps({name: document(shares, **settings)}))[0]
