import subprocess
import sys

NOWHERE = """
import numpy as np
from numba.core import caching
caching.CacheImpl._locator_classes = []
from models.tables import exponential
print(exponential()(np.zeros(1))[0])
"""


def test_loops_are_compiled_where_nothing_can_be_kept(root):
    """Neither beside the source nor in a cache of the user's."""
    run = subprocess.run(
        [sys.executable, "-c", NOWHERE], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["1.0"]
