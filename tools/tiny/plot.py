"""Draws the two pictures of the model card.

python -m tiny.plot --run run --figures figures.json --out models/dbrx-tiny
"""

import argparse
import csv
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "dbrx-tiny"
from matplotlib import pyplot as plt

SMOOTHING = 0.97


def loss_curve(run: Path, out: Path) -> None:
    steps, smooth, last = [], [], None
    with open(run / "loss.csv", newline="") as log:
        for step, loss, _ in csv.reader(log):
            last = float(loss) if last is None else SMOOTHING * last + (1 - SMOOTHING) * float(loss)
            steps.append(int(step))
            smooth.append(last)
    figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    axes.plot(steps[::5], smooth[::5], linewidth=1.2)
    axes.set(xlabel="step", ylabel="loss (nats a token)", ylim=(0, min(7, max(smooth))), title="Training loss, smoothed")
    axes.grid(alpha=0.3)
    save(figure, out / "loss.svg")


def expert_usage(load: list[list[float]], out: Path) -> None:
    figure, axes = plt.subplots(figsize=(6.4, 2.4), layout="constrained")
    percent = [[100 * share for share in layer] for layer in load]
    image = axes.imshow(percent, vmin=0, cmap="viridis", aspect="auto")
    axes.set(xlabel="expert", ylabel="layer", xticks=range(len(load[0])), yticks=range(len(load)))
    axes.set_title(f"Share of the choices of a layer in % (even: {100 / len(load[0]):.2f})")
    for layer, shares in enumerate(percent):
        for expert, share in enumerate(shares):
            axes.text(expert, layer, f"{share:.1f}", ha="center", va="center", fontsize=6, color="white")
    figure.colorbar(image)
    save(figure, out / "experts.svg")


def save(figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=Path("run"))
    parser.add_argument("--figures", type=Path, required=True, help="written by tiny.evaluate --json")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    loss_curve(arguments.run, arguments.out)
    expert_usage(json.loads(arguments.figures.read_text())["load"], arguments.out)


if __name__ == "__main__":
    main()
