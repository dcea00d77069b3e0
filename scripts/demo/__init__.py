"""The main job from nothing, told in steps: ``python -m scripts.demo``."""
