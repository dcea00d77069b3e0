"""Decides whether a training of one model is due, and switches Personalize's automatic training off."""
