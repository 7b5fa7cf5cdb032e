"""Small numbers are not shown, nor numbers by which they could be reckoned back."""

from typing import Mapping, Optional, TypeVar

K = TypeVar("K")
#: Smaller counts are not shown.
FEWEST = 5
#: None: not shown.
Shown = dict[K, Optional[int]]


def suppressed(numbers: Mapping[K, int]) -> Shown[K]:
    """What may be shown of numbers whose sum is known to the reader.

    Hidden are those below five; and, when any of them is not zero, further ones, the smallest
    first, until their sum is five or more, so that at least two are hidden. All look the same, so
    each may be anything from zero to that sum. Zeros alone need no further ones: they tell of
    nobody.
    """
    hidden = {key for key, number in numbers.items() if number < FEWEST}
    if any(numbers[key] for key in hidden):
        for key in sorted((k for k in numbers if k not in hidden), key=lambda k: numbers[k]):
            if sum(numbers[k] for k in hidden) >= FEWEST:
                break
            hidden.add(key)
    return {key: None if key in hidden else number for key, number in numbers.items()}
