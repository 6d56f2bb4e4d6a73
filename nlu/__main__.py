"""The commands: `python -m nlu train` and `python -m nlu report`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from datetime import datetime
from pathlib import Path

from nlu import embedded, report, train, weights
from nlu.report import engines, page, training
from nlu.report.judge import NOW
from nlu.weights import WeightsError

SENTENCES = Path("tests/sentences")


def main(arguments: list[str] | None = None) -> int:
    """0 when done, 1 when it cannot be done (and why on stderr), 2 for wrong usage."""
    options = _options().parse_args(arguments)
    try:
        return _report(options) if options.command == "report" else _train(options)
    except (WeightsError, report.CaseError, engines.NoRasaError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m nlu", description="Trains and measures the understanding."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    trains = commands.add_parser("train", help="train the intents where they are not trained yet")
    trains.add_argument("--force", action="store_true", help="train even where nothing changed")
    reports = commands.add_parser("report", help="measure on sentences that were not trained on")
    _report_options(reports)
    for command in (trains, reports):
        command.add_argument("--data-dir", type=Path, default=Path("var"), help="where the weights are kept")
    return parser


def _report_options(command: argparse.ArgumentParser) -> None:
    names = SENTENCES / "lexicon.yaml"
    command.add_argument("--sentences", type=Path, default=SENTENCES, help="a file of sentences or a folder")
    command.add_argument("--lexicon", type=Path, default=names, help="the names of places and services")
    command.add_argument("--rasa", metavar="URL", help="a Rasa server to compare with")
    command.add_argument("--rasa-pid", type=int, metavar="PID", help="its process, to see its memory")
    command.add_argument("--train", action="store_true", help="time a training too")
    command.add_argument("--faults", action="store_true", help="list all that is wrong, sentence by sentence")
    command.add_argument("--page", type=Path, metavar="FILE.html", help="write it as a page too")


def _train(options: argparse.Namespace) -> int:
    path: Path = options.data_dir / train.FILE
    if not options.force and _is_fresh(path):
        print(f"{path}: up to date")
        return 0
    start = time.perf_counter()
    fresh = train.train()
    weights.write(fresh, path)
    seconds = time.perf_counter() - start
    training.keep(options.data_dir, fresh.fingerprint, seconds)
    pieces = len(fresh.intents.rows) + len(fresh.danger.rows)
    print(f"{path}: {len(fresh.intents.labels)} intents, {pieces} pieces of text, trained in {seconds:.1f} s")
    return 0


def _is_fresh(path: Path) -> bool:
    try:
        embedded.fresh(path)
    except WeightsError:
        return False
    return True


def _report(options: argparse.Namespace) -> int:
    found = asyncio.run(engines.compare(_plan(options)))
    for each in found if options.faults else ():
        print(f"# {each.label}")
        print("\n".join(report.faults(each.scores.outcomes)))
    print("\n".join(report.as_text(found)))
    if options.page:
        options.page.write_text(page.as_page(found, datetime.now(NOW.tzinfo).date()), encoding="utf-8")
    return 0


def _plan(options: argparse.Namespace) -> engines.Plan:
    return engines.Plan(
        report.cases(options.sentences),
        options.data_dir,
        options.lexicon,
        options.rasa,
        options.rasa_pid,
        options.train,
    )


if __name__ == "__main__":
    sys.exit(main())
