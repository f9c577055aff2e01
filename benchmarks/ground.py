"""How much of what is false in a sentence grounding finds, and how often it doubts what is true.

    foreign    the source's own sentences with a number, a name or a unit that the source does not have; the true ones
               are its sentences, and the same as the embedded writer tells them
    editor     sentences written by hand, close to the source's terms; false ones use values of the same source
    host       the same in words of the writer's own, further from the source
    fitting    what the rules were made on

Each false sentence stands among the true ones of its source, so that a doubt counts only at the right sentence.

Usage: PODCAST_TEST_DATA=… python benchmarks/ground.py [SET...]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podcast.types import Brief, Paper
from podcast.writing.grounding import ground
from podcast.writing.sentences import split_sentences
from podcast.writing.writers import Means
from podcast.writing.writers.extractive import ExtractiveWriter

if TYPE_CHECKING:
    from collections.abc import Iterator

SETS = Path(__file__).parent / "grounding"
ABSTRACTS = "arxiv/abstracts_2024-06_2025-01.jsonl"
ASKED = ("swap", "exchange", "negation", "direction", "bound")
"""The kinds of error that an editor's set has; a host's has two more."""

PAPERS = 400
NAMES = """Mistral-7B Gemini Claude Qwen2 Llama-3 Falcon Vicuna PaLM Phi-3 DeepSeek CIFAR-100 MNIST SQuAD GLUE HotpotQA
    ImageNet-21K LAION AlpacaEval MT-Bench GSM8K HumanEval BigBench Stanford Toronto Oxford Munich Lion Mamba Hyena RWKV
    ConvNeXt Swin DINOv2 Whisper HuBERT Zurich Kaggle Netflix""".split()  # noqa: SIM905 - a list reads best as words
UNITS = (
    ("hours", "minutes"),
    ("seconds", "minutes"),
    ("ms", "seconds"),
    ("%", " hours"),
    ("%", " times"),
    ("GB", "MB"),
    ("million", "billion"),
    ("billion", "million"),
    ("minutes", "hours"),
    ("days", "weeks"),
    ("years", "months"),
)
NUMBER = re.compile(r"(?<![\w.\-^_$(])(\d+(?:\.\d+)?)(?![\w\-.)]|\.\d)")
NAME = re.compile(r"(?<=\s)[A-Z]\w*[A-Z0-9][\w-]*\b")
TRIES = 50


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence about a source, and what is wrong with it: nothing, or a kind."""

    source: str
    sentence: str
    kind: str
    others: tuple[str, ...] = ()
    """True sentences of the same source that stand beside it."""


def sources(data: Path) -> dict[str, tuple[str, str]]:
    """Title and abstract by id."""
    lines = (data / ABSTRACTS).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return {record["id"]: (record["title"], record["abstract"]) for record in reversed(records)}


def written(name: str, papers: dict[str, tuple[str, str]]) -> list[Case]:
    """Read a set that was written by hand."""
    records = [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    true = defaultdict(list)
    for record in records:
        if record["kind"] == "true":
            true[record["id"]].append(record["sentence"])
    return [
        Case(".\n".join(papers[each["id"]]), each["sentence"], each["kind"], tuple(true[each["id"]]))
        for each in records
    ]


def foreign(papers: dict[str, tuple[str, str]]) -> list[Case]:
    """Put what a source does not have into its own sentences; the same ones every time."""
    chance = random.Random(3)  # noqa: S311 - the same choice every time is what is wanted
    cases = []
    for key in chance.sample(sorted(papers), PAPERS):
        title, abstract = papers[key]
        source, sentences = f"{title}.\n{abstract}", split_sentences(abstract)
        cases += [Case(source, sentence, "true") for sentence in dict.fromkeys((*sentences, *told(title, abstract)))]
        for kind, makers in (("number", _numbers), ("name", _names), ("unit", _units)):
            options = list(makers(sentences, source, chance))
            if options:
                cases.append(Case(source, chance.choice(options), kind))
    return cases


def told(title: str, abstract: str) -> tuple[str, ...]:
    """What the embedded writer makes of an abstract."""
    draft = ExtractiveWriter(Means()).write(Paper(title, (abstract,)), Brief())
    return tuple(sentence for paragraph in draft.paragraphs for sentence in split_sentences(paragraph.text))


def _numbers(sentences: tuple[str, ...], source: str, chance: random.Random) -> Iterator[str]:
    for sentence in sentences:
        for match in NUMBER.finditer(sentence):
            value, digits = float(match[1]), len(match[1].partition(".")[2])
            tries = (value * chance.choice([1.3, 0.7, 2.7, 1.9, 10, 0.4]) + chance.randint(1, 9) for _ in range(TRIES))
            texts = (f"{each:.{digits}f}" if digits else str(max(2, round(each))) for each in tries)
            other = next((text for text in texts if text not in source), None)
            if other:
                yield sentence[: match.start()] + other + sentence[match.end() :]


def _names(sentences: tuple[str, ...], source: str, chance: random.Random) -> Iterator[str]:
    for sentence in sentences:
        for match in NAME.finditer(sentence):
            other = chance.choice([name for name in NAMES if name.lower().split("-")[0] not in source.lower()])
            yield sentence[: match.start()] + other + sentence[match.end() :]


def _units(sentences: tuple[str, ...], source: str, chance: random.Random) -> Iterator[str]:
    del source, chance
    for sentence in sentences:
        for old, new in UNITS:
            for match in re.finditer(rf"(?<=\d ){old}\b" if old != "%" else r"(?<=\d)%", sentence):
                yield sentence[: match.start()] + new + sentence[match.end() :]


def measure(name: str, cases: list[Case]) -> None:
    """Print how many of each kind are doubted, and how many true ones."""
    doubted: Counter[str] = Counter()
    for case in cases:
        found = ground([*case.others, case.sentence], case.source)
        doubted[case.kind] += bool(found[-1].doubts)
    total = Counter(case.kind for case in cases)
    false = [kind for kind in total if kind != "true"]
    asked = [kind for kind in false if kind in ASKED] or false
    share = sum(doubted[kind] for kind in asked) / sum(total[kind] for kind in asked)
    print(f"{name}: {share:.1%} of the false sentences doubted, {doubted['true'] / total['true']:.1%} of the true ones")
    print("   ", ", ".join(f"{kind} {doubted[kind]}/{total[kind]}" for kind in sorted(total)))


def main() -> None:
    """Measure the sets that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=["foreign", "editor", "host", "fitting"])
    papers = sources(Path(os.environ["PODCAST_TEST_DATA"]))
    for name in parser.parse_args().sets:
        measure(name, foreign(papers) if name == "foreign" else written(name, papers))


if __name__ == "__main__":
    main()
