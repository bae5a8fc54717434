"""A 112 call server: the sight and the hands beside an Asterisk that answers by itself."""

__version__ = "0.1.0"
