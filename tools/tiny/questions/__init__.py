"""Simple made questions with their answers; importing registers all kinds."""

from . import facts, numbers, given, structured  # isort: skip (their order is part of the seed)
from .question import KINDS, Question, ask, capital

__all__ = ["KINDS", "Question", "ask", "capital", "facts", "given", "numbers", "structured"]
