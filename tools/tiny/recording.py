"""Draws a terminal in which ./dbrx is used, from what it really writes.

    python -m tiny.recording --dbrx ../dbrx --out ../docs/terminal.svg
"""

import argparse
import html
import os
import subprocess
import textwrap
from pathlib import Path

COLUMNS = 88
FONT_SIZE, LINE_HEIGHT, MARGIN, TITLE = 14, 20, 18, 34
COLUMN_WIDTH = 8.43
COLOURS = {"command": "#7ee787", "typed": "#79c0ff", "written": "#e6edf3"}
STORY = ["generate", "--max-new-tokens", "90", "Once upon a time"]
MESSAGES = [
    "Hello!",
    "Who are you?",
    "What is the capital of Japan?",
    "What is 8 + 5?",
    "What is the opposite of hot?",
    "Give me Norway and its capital as JSON.",
]

Line = tuple[str, str]
"""A key of COLOURS, and text."""


def generated(dbrx: Path) -> list[Line]:
    run = subprocess.run([dbrx, *STORY], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    command = " ".join(f'"{word}"' if " " in word else word for word in STORY)
    return [("command", f"$ ./dbrx {command}"), ("written", run.stdout.rstrip("\n"))]


def talked(dbrx: Path) -> list[Line]:
    """Sends a message when the answer to the one before is complete: with --timings, standard error says so."""
    lines: list[Line] = [("command", "$ ./dbrx chat")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([dbrx, "chat", "--timings"], **pipes) as chat:
        os.set_blocking(chat.stdout.fileno(), False)
        for message in MESSAGES:
            chat.stdin.write(f"{message}\n".encode())
            chat.stdin.flush()
            while b"tokens/s" not in chat.stderr.readline():
                if chat.poll() is not None:
                    raise SystemExit("dbrx chat ended early")
            lines += [("typed", f"> {message}"), ("written", chat.stdout.read().decode().rstrip("\n"))]
        chat.stdin.close()
    return lines


def drawn(lines: list[Line]) -> str:
    rows = [(kind, row) for kind, text in lines for line in text.split("\n") for row in textwrap.wrap(line, COLUMNS) or [""]]
    width = round(2 * MARGIN + COLUMNS * COLUMN_WIDTH)
    height = TITLE + len(rows) * LINE_HEIGHT + MARGIN
    buttons = "".join(f'<circle cx="{MARGIN + 18 * i}" cy="17" r="5.5" fill="{c}"/>' for i, c in enumerate(("#ff5f57", "#febc2e", "#28c840")))
    texts = "\n".join(
        f'<text x="{MARGIN}" y="{TITLE + (number + 0.7) * LINE_HEIGHT:.0f}" fill="{COLOURS[kind]}">{html.escape(row)}</text>'
        for number, (kind, row) in enumerate(rows)
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">
<rect width="{width}" height="{height}" rx="9" fill="#0d1117"/>
{buttons}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="{FONT_SIZE}" xml:space="preserve">
{texts}
</g>
</svg>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dbrx", type=Path, required=True, help="the command line")
    parser.add_argument("--out", type=Path, required=True, help="an SVG file")
    arguments = parser.parse_args()
    dbrx = arguments.dbrx.resolve()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(drawn(generated(dbrx) + talked(dbrx)))


if __name__ == "__main__":
    main()
