"""The vectors of texts, as an embedder makes them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Rows of length 1. For a text the first is its own, the others those of its words, where the model tells them.
Vectors = NDArray[np.float32]
Floats = NDArray[np.floating[Any]]
