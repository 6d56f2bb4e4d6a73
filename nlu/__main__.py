"""The commands: `python -m nlu train [--data-dir DIR]` and `python -m nlu report`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from nlu import embedded, report, train, weights
from nlu.weights import WeightsError

SENTENCES = Path("tests/sentences")


def main(arguments: list[str] | None = None) -> int:
    """0 when done, 1 when it cannot be done (and why on stderr), 2 for wrong usage."""
    options = _options().parse_args(arguments)
    try:
        return _report(options) if options.command == "report" else _train(options)
    except (WeightsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nlu", description="Trains and measures the understanding."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    trains = commands.add_parser("train", help="train the intents where they are not trained yet")
    trains.add_argument("--force", action="store_true", help="train even where nothing changed")
    reports = commands.add_parser("report", help="measure on the held-out sentences")
    reports.add_argument("--sentences", type=Path, default=SENTENCES, help="the folder of held-out sentences")
    for command in (trains, reports):
        command.add_argument("--data-dir", type=Path, default=Path("var"), help="where the weights are kept")
    return parser


def _train(options: argparse.Namespace) -> int:
    path: Path = options.data_dir / train.FILE
    if not options.force and _is_fresh(path):
        print(f"{path}: up to date")
        return 0
    start = time.perf_counter()
    fresh = train.train()
    weights.write(fresh, path)
    seconds = time.perf_counter() - start
    print(
        f"{path}: {len(fresh.labels)} intents, {len(fresh.rows)} pieces of text, trained in {seconds:.1f} s"
    )
    return 0


def _is_fresh(path: Path) -> bool:
    try:
        embedded.fresh(path)
    except WeightsError:
        return False
    return True


def _report(options: argparse.Namespace) -> int:
    engine = embedded.load(options.data_dir, report.lexicon(options.sentences / "lexicon.yaml"))
    for line in report.as_text(report.measure(engine, report.cases(options.sentences / "intents"))):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
