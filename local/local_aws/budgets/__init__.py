"""Budgets: corrections of moto."""
