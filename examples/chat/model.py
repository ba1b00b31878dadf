"""A small local stand-in for a large language model: word n-grams with back-off.

It learns from one text which word follows which one, two or three words. Each sentence of a reply
opens like the sentence of the text that has most to do with the question, and goes on with words
that the text has at such a place. It talks nonsense now and then, as befits its size.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

#: A word with what stands right after it; punctuation stays with its word, as it is spoken.
TOKEN = re.compile(r"\S+")
WORD = re.compile(r"[^\W_]+")
SENTENCE_END = (".", "!", "?")
#: So many of the words before are remembered.
ORDER = 3
#: How often, at temperature 1, the model forgets the first of them.
FORGETTING = 0.15
GREETING = "I have only read one text, about walking with water. Ask me about finding it, carrying it or making it safe."


@dataclass(frozen=True)
class Settings:
    """How the model speaks."""

    #: 0 repeats the text, 1 chooses as the text's own frequencies say, more is wilder.
    temperature: float = 0.7
    #: A reply ends with the sentence in which it gets this long, or earlier.
    words: int = 60


class Model:
    """The trained model. Nothing in it changes after training, so threads can share it."""

    def __init__(self, text: str) -> None:
        sentences = [TOKEN.findall(sentence) for sentence in _sentences(text)]
        if not sentences:
            raise ValueError("there is no sentence to learn from")
        self._sentences = sentences
        self._topics = [_topics(" ".join(sentence)) for sentence in sentences]
        self._followers: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for first, second in zip(sentences, sentences[1:] + sentences[:1]):
            self._learn(first + second[:1])
        documents = Counter(topic for topics in self._topics for topic in topics)
        self._weight = {
            topic: math.log(1 + len(sentences) / count) for topic, count in documents.items()
        }

    def reply(self, prompt: str, settings: Settings, seed: int | None = None) -> Iterator[str]:
        """Yields a reply to `prompt` word by word, each with the space that follows it."""
        chance = random.Random(seed)
        openings = self._openings(_topics(prompt))
        if not openings:
            yield from (f"{word} " for word in GREETING.split())
            return
        words: list[str] = []
        # A sentence that finds no end would be a loop of the text: a reply stops at twice its length.
        while len(words) < settings.words * 2:
            if not words or words[-1].endswith(SENTENCE_END):
                if len(words) >= settings.words or not openings:
                    return
                for word in self._sentences[openings.pop(0)][:ORDER]:
                    words.append(word)
                    yield f"{word} "
                continue
            word = self._next(words, settings.temperature, chance)
            words.append(word)
            yield f"{word} "

    def _learn(self, words: list[str]) -> None:
        for position in range(1, len(words)):
            for order in range(1, min(ORDER, position) + 1):
                state = _state(words[position - order : position])
                self._followers[state][words[position]] += 1

    def _openings(self, asked: frozenset[str]) -> list[int]:
        """The sentences that have to do with the question, the best first."""
        scores = [
            sum(self._weight[topic] for topic in asked & topics) / math.sqrt(4 + len(topics))
            for topics in self._topics
        ]
        related = (at for at, score in enumerate(scores) if score > 0)
        return sorted(related, key=scores.__getitem__, reverse=True)

    def _next(self, words: list[str], temperature: float, chance: random.Random) -> str:
        """A word that follows the last ones somewhere in the text.

        With a long memory that is nearly always a quotation. The higher the temperature, the more
        often only two words or one are remembered, and the sentence takes a turn of its own.
        """
        for order in range(ORDER, 0, -1):
            forget = order > 1 and chance.random() < temperature * FORGETTING
            followers = self._followers.get(_state(words[-order:])) if len(words) >= order else None
            if followers and not forget:
                return _choose(followers, temperature, chance)
        return "."


def _choose(followers: Counter[str], temperature: float, chance: random.Random) -> str:
    if temperature <= 0:
        return followers.most_common(1)[0][0]
    most = max(followers.values())
    weights = [(count / most) ** (1 / temperature) for count in followers.values()]
    return chance.choices(list(followers), weights)[0]


def _sentences(text: str) -> list[str]:
    paragraphs = (line.strip() for line in text.splitlines() if not line.startswith("#"))
    parts = (part for line in paragraphs for part in re.split(r"(?<=[.!?])\s+", line))
    return [part for part in parts if part]


def _state(words: list[str]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def _topics(text: str) -> frozenset[str]:
    """The words that say what a text is about, cut to a stem so that `boiling` finds `boil`."""
    words = (word.lower() for word in WORD.findall(text))
    return frozenset(_stem(word) for word in words if word not in COMMON and len(word) > 2)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


COMMON = frozenset(
    """a about after again all also always am an and any are as at be because been before but by can
    cannot could did do does each every for from get give go had has have he her him his how i if in
    into is it its just last like make many may me more most much must my need needs never no not now
    of off often on once one only or other our out over people person please should so some such take
    tell than that the their them then there these they thing things this those to too two under until
    up us use very want was way we well were what when where which while who why will with would you
    your yes hello hey thanks thank""".split()
)
