"""What the collector of memory may leave alone.

In:  nothing. Out: the same program, with shorter pauses. Never: anything that dies.
"""

import gc


def spare_the_loaded() -> None:
    """The collector stops everything for a tenth of a second to walk over all that is loaded, and that never dies: from
    now on it leaves that out, and walks more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 10, 50)
