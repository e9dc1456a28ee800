"""N-gram models to compare with: interpolated absolute discounting over the same tokens."""

import numpy as np

DISCOUNT = 0.75


class NGrams:
    """Counts of all runs of up to `order` tokens in rows [R, T] of numbers below `vocabulary`."""

    def __init__(self, rows: np.ndarray, order: int, vocabulary: int):
        self.order, self.vocabulary = order, vocabulary
        self.runs, self.contexts = [], []
        for length in range(1, order + 1):
            keys = self.keys(rows, length)
            runs, counts = np.unique(keys, return_counts=True)
            self.runs.append((runs, counts))
            context, first, followers = np.unique(self.context(runs, length), return_index=True, return_counts=True)
            self.contexts.append((context, np.add.reduceat(counts, first), followers))

    def keys(self, rows: np.ndarray, length: int) -> np.ndarray:
        """Each run's tokens as digits of one number; 64 bits hold five tokens of a vocabulary below 7,131."""
        windows = np.lib.stride_tricks.sliding_window_view(rows.astype(np.uint64), length, axis=1)
        keys = np.zeros(windows.shape[:2], np.uint64)
        for at in range(length):
            keys = keys * np.uint64(self.vocabulary) + windows[:, :, at]
        return keys.ravel()

    def context(self, keys: np.ndarray, length: int) -> np.ndarray:
        return keys // np.uint64(self.vocabulary)

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """The probability of each token of the rows [R, T] after the tokens before it in its row, [R, T]."""
        probability = np.full(rows.shape, 1 / self.vocabulary)
        for length in range(1, self.order + 1):
            keys = self.keys(rows, length)
            count = look_up(*self.runs[length - 1], keys)
            context, totals, followers = self.contexts[length - 1]
            at_context = self.context(keys, length)
            total, kinds = look_up(context, totals, at_context), look_up(context, followers, at_context)
            known = total > 0
            shape = (len(rows), -1)
            lower = probability[:, length - 1 :].ravel()
            mixed = (np.maximum(count - DISCOUNT, 0) + DISCOUNT * kinds * lower) / np.maximum(total, 1)
            probability[:, length - 1 :] = np.where(known, mixed, lower).reshape(shape)
        return probability


def look_up(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0)
