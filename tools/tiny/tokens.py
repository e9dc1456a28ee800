"""The DBRX tokenizer: cl100k_base with the ChatML tokens, read from a rank file."""

import base64
from pathlib import Path

import tiktoken

VOCAB_SIZE = 100352
END_OF_TEXT, IM_START, IM_END = 100257, 100278, 100279
STRANGE = "\0"
"""Stands for a token outside the used vocabulary; no text has it."""
PATTERN = r"""(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""

_encoding: tiktoken.Encoding


def load(ranks: Path) -> None:
    global _encoding
    table = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in ranks.read_bytes().splitlines())}
    special = {"<|endoftext|>": END_OF_TEXT, "<|im_start|>": IM_START, "<|im_end|>": IM_END}
    _encoding = tiktoken.Encoding("dbrx", pat_str=PATTERN, mergeable_ranks=table, special_tokens=special)


def encode(text: str) -> list[int]:
    return _encoding.encode_ordinary(text)


def decode(ids: list[int]) -> str:
    return _encoding.decode(ids)


def opening(role: str) -> list[int]:
    return [IM_START, *encode(role + "\n")]


def turn(role: str, content: str) -> list[int]:
    """One turn of ChatML and the newline that separates it from the next."""
    return [*opening(role), *encode(content), IM_END, *encode("\n")]
