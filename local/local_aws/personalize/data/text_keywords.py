"""The keywords of a textual column, as categories: training reads categories, not texts.

A keyword is a word of a few items, weighted by tf-idf: the rarer among all items and the more often in one, the better.
"""

import re
from collections import Counter
from collections.abc import Sequence
from math import log

_WORD = re.compile(r"[^\W\d_]{3,}")
_MAXIMUM_SHARE = 0.2
_KEYWORDS_PER_ITEM = 8


def keywords(texts: Sequence[str | None]) -> list[str | None]:
    """Return the keywords of each text, joined by `|`, or None. They are in two texts or more, but few."""
    counted = [Counter(word.lower() for word in _WORD.findall(text or "")) for text in texts]
    documents = Counter(word for words in counted for word in words)
    most = max(2.0, _MAXIMUM_SHARE * len(texts))

    def best(words: Counter[str]) -> str | None:
        weights = {
            word: count * log(len(texts) / documents[word])
            for word, count in words.items()
            if 2 <= documents[word] <= most
        }
        chosen = sorted(weights, key=lambda word: (-weights[word], word))[:_KEYWORDS_PER_ITEM]
        return "|".join(sorted(chosen)) or None

    return [best(words) for words in counted]
