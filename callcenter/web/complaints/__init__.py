"""Complaints about public services: the list, and the file for the national system."""
