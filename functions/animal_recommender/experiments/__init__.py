"""Experiments: visitors see different lists, and the records tell which list leads to more adoptions."""
