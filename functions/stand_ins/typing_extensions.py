"""What the zips hold in place of typing_extensions.

Powertools needs one name of it, but without a compiled .pyc each cold start would compile all of its 165 kB: 80 ms of
processor time on a fast machine, a quarter of the whole (2026-11-26). A test of scripts/generate/package.py checks that
the zips need no other name.
"""

import sys
from collections.abc import Callable
from typing import Any

if sys.version_info >= (3, 13):
    from warnings import deprecated
else:

    def deprecated(message: str, **_: Any) -> Callable[[Any], Any]:
        """Return a decorator that changes nothing: the warning would be about Powertools' own code."""
        return lambda function: function


__all__ = ["deprecated"]
