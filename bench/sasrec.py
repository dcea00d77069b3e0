"""SASRec (Kang and McAuley 2018), a neural sequence model, as a comparator, where torch is installed.

A causal transformer reads the last 50 items of a user and predicts the next one. The loss is a softmax over the next
item and 512 drawn ones, with which it ranks far better than with the one negative of the paper (Klenitskiy and
Vasilev 2023; Petrov and Macdonald 2023). The budget of the tuning is stated in `VARIANTS`: two dropouts, each with two
numbers of training events, and with and without the items already seen.
"""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.baselines import Events, family
from local_aws.recommender.baselines import Family
from local_aws.recommender.evaluation_split import Query

LENGTH, DIMENSIONS, HEADS, LAYERS = 50, 64, 2, 2
NEGATIVES, BATCH, LEARNING_RATE = 256, 32, 1e-3
VARIANTS = ((0.2,), (0.5,))  # dropout
BUDGET = 1_000_000  # events that each training reads, with repetitions
MAX_EPOCHS = 40
PADDING = -1


def available() -> bool:
    """Return whether torch is installed."""
    return find_spec("torch") is not None


def families() -> dict[str, Family]:
    """Return SASRec with its variants."""
    return {"SASRec": family(sasrec, VARIANTS)}


def sasrec(events: Events, dropout: float) -> Callable[[Query], NDArray[Any]]:
    """Train on windows of all users until BUDGET events were read. Score each item after a history."""
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = _network(len(events.names), dropout)
    batches = list(_batches(events))
    optimizer = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    for _ in range(max(1, min(MAX_EPOCHS, round(BUDGET / len(events.items))))):
        for number in torch.randperm(len(batches)).tolist():
            optimizer.zero_grad()
            _loss(network, torch.tensor(batches[number], dtype=torch.long)).backward()
            optimizer.step()
    network.eval()

    def score(query: Query) -> NDArray[Any]:
        items = [events.index[event.item_id] for event in query.history][-LENGTH:]
        with torch.no_grad():
            state = network(torch.tensor([items]))[0, -1]
            return np.asarray((network.items.weight @ state).softmax(0).numpy(), float)

    return score


def _batches(events: Events) -> Iterator[NDArray[np.int64]]:
    """Yield (BATCH, length + 1) windows of similar length, padded at the end."""
    windows = sorted(_windows(events), key=len)
    for start in range(0, len(windows), BATCH):
        batch = windows[start : start + BATCH]
        longest = len(batch[-1])
        pads = [np.pad(window, (0, longest - len(window)), constant_values=PADDING) for window in batch]
        yield np.stack(pads)


def _windows(events: Events) -> Iterator[NDArray[np.int64]]:
    """Yield at most LENGTH + 1 successive items of one user, the newest first."""
    for items in np.split(events.items, np.flatnonzero(np.diff(events.users)) + 1):
        for end in range(len(items), 1, -LENGTH):
            yield items[max(0, end - LENGTH - 1) : end]


def _loss(network: Any, windows: Any) -> Any:
    """Return the softmax loss of each next item among drawn ones."""
    import torch

    inputs, targets = windows[:, :-1], windows[:, 1:]
    known = targets != PADDING
    states, targets = network(inputs.clamp(min=0))[known], targets[known]
    drawn = torch.randint(len(network.items.weight), (NEGATIVES,))
    positive = (states * network.items(targets)).sum(1, keepdim=True)
    negative = states @ network.items(drawn).T
    negative = negative.masked_fill(drawn == targets[:, None], -1e9)
    logits = torch.cat([positive, negative], 1)
    return torch.nn.functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.long))


def _network(items: int, dropout: float) -> Any:
    """Return a module that maps (n, length) items to (n, length, DIMENSIONS) states."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.items = nn.Embedding(items, DIMENSIONS)
            self.places = nn.Embedding(LENGTH, DIMENSIONS)
            nn.init.normal_(self.items.weight, std=0.02)
            nn.init.normal_(self.places.weight, std=0.02)
            layer = nn.TransformerEncoderLayer(
                DIMENSIONS, HEADS, DIMENSIONS, dropout, activation="gelu", batch_first=True, norm_first=True
            )
            self.encoder = nn.TransformerEncoder(layer, LAYERS, nn.LayerNorm(DIMENSIONS), enable_nested_tensor=False)
            self.dropout = nn.Dropout(dropout)

        def forward(self, inputs: Any) -> Any:
            length = inputs.shape[1]
            states = self.items(inputs) * DIMENSIONS**0.5 + self.places(torch.arange(length))
            mask = nn.Transformer.generate_square_subsequent_mask(length)
            return self.encoder(self.dropout(states), mask=mask, is_causal=True)

    return Network()
