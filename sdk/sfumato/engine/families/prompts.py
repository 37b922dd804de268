"""From a prompt to the text encoder's embeddings: chunks of tokens, weights, and a cache."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import torch

from sfumato.engine.families.emphasis import Span, parse
from sfumato.engine.lru import LeastRecentlyUsed

#: A chunk of 77 tokens of SD 1.x takes 231 KiB, so this is about a thousand prompts.
CACHE_BYTES: Final = 256 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """As many tokens as the encoder takes at once, start, end and padding included, and the weight of each."""

    ids: tuple[int, ...]
    weights: tuple[float, ...]


class PromptEncoder:
    """A CLIP text encoder, its tokenizer, and the embeddings that it made lately, by prompt."""

    def __init__(self, tokenizer: Any, encoder: Any) -> None:
        self._tokenizer = tokenizer
        self._encoder = encoder
        self._chunk_tokens: int = min(tokenizer.model_max_length, encoder.config.max_position_embeddings)
        self._cache = LeastRecentlyUsed[str, torch.Tensor](CACHE_BYTES, lambda embeddings: embeddings.nbytes)

    def encode(self, prompt: str) -> Generator[None, None, torch.Tensor]:
        """The embeddings (1, T, D) of `prompt`; T is a multiple of the encoder's length, 77 for SD.

        Pauses between chunks, of which a page of text has dozens.
        """
        chunks = [] if prompt in self._cache else self.chunks(prompt)
        encoded: dict[Chunk, torch.Tensor] = {}
        # One at a time, so that a chunk's embeddings do not depend on its neighbours; equal ones only once.
        for chunk in dict.fromkeys(chunks):
            if encoded:
                yield
            encoded[chunk] = self._encode_chunk(chunk)
        return self._cache.get(prompt, lambda: torch.cat([encoded[chunk] for chunk in chunks], dim=1))

    def match(self, prompts: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """The same embeddings, the shorter ones followed by empty chunks up to the length of the longest."""
        tokens = max(embeddings.shape[1] for embeddings in prompts)
        return [self._pad(embeddings, tokens) for embeddings in prompts]

    def chunks(self, prompt: str) -> list[Chunk]:
        """The chunks of `prompt`: a new one at every BREAK and wherever one is full. At least one."""
        return [chunk for part in parse(prompt) for chunk in self._fill(part)]

    def _fill(self, part: Sequence[Span]) -> Iterator[Chunk]:
        weighted = [(token, span.weight) for span in part for token in self._tokens(span.text)]
        room = self._chunk_tokens - 2
        for first in range(0, max(len(weighted), 1), room):
            inner = weighted[first : first + room]
            ids = [self._tokenizer.bos_token_id, *(token for token, _ in inner), self._tokenizer.eos_token_id]
            padding = self._chunk_tokens - len(ids)
            yield Chunk(
                ids=(*ids, *[self._tokenizer.pad_token_id] * padding),
                weights=(1.0, *(weight for _, weight in inner), *[1.0] * (padding + 1)),
            )

    def _tokens(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False).input_ids
        return found

    @torch.no_grad()
    def _encode_chunk(self, chunk: Chunk) -> torch.Tensor:
        """(1, chunk_tokens, D).

        Weights scale the embeddings, and the chunk is then brought back to the magnitude it had, as in the common
        UIs. Those restore the mean itself, which is close to 0 behind some encoders, where the ratio is noise.
        """
        embeddings: torch.Tensor = self._encoder(torch.tensor([chunk.ids], device=self._encoder.device))[0]
        if all(weight == 1.0 for weight in chunk.weights):
            return embeddings
        weights = torch.tensor(chunk.weights, device=embeddings.device, dtype=embeddings.dtype)
        weighted = embeddings * weights[None, :, None]
        return weighted * (embeddings.abs().mean() / weighted.abs().mean())

    @cached_property
    def _empty(self) -> torch.Tensor:
        """The embeddings of a chunk without a word."""
        (chunk,) = self.chunks("")
        return self._encode_chunk(chunk)

    def _pad(self, embeddings: torch.Tensor, tokens: int) -> torch.Tensor:
        missing = (tokens - embeddings.shape[1]) // self._chunk_tokens
        return torch.cat([embeddings, *[self._empty] * missing], dim=1) if missing else embeddings
