"""`python -m callcenter WORD ...`, which is what `./run WORD ...` does."""

import sys

from callcenter.cli import main

sys.exit(main(sys.argv[1:]))
