"""Decides whether a training of one model is due, and sees that none happens on its own."""
