"""Agencies and categories: the administrator's pages."""
