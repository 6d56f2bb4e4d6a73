"""Understanding in process: rules, then small models read from their weights, then the readers' word on it."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from nlu import danger, rules, train, weights
from nlu.features import pairs
from nlu.judgement import settle
from nlu.lexicon import Lexicon
from nlu.readers import address, address_answer, contact, emergency, normal, people_in, phone, when
from nlu.readers.wanted import Wanted
from nlu.short_texts import ShortTexts
from nlu.signs import Heard
from nlu.understanding import CONTEXTS, PersonHeard, Understanding
from nlu.weights import Trained, WeightsError

log = logging.getLogger(__name__)

# Found by cross-validation on data/.
STEEP, USUAL = 5.0, 0.75
# A longer text of whose wording less than this was ever seen is hardly understood.
WORTH_TRUST, SHORT = 0.3, 3
# Texts that hardly look like an emergency need no second look; of those that are one, none came near it.
UNSUSPICIOUS = 0.1
_WHERE = "booking_address"
_CALL = {"service", "time_text"}
# Where `python -m nlu train` keeps the weights, unless it is told otherwise.
_SETUP = Path("var")


class Embedded:
    """An Understander that needs no network, no model server and no scikit-learn."""

    def __init__(self, trained: Trained, lexicon: Lexicon) -> None:
        self._trained = trained
        self._lexicon = lexicon
        self._wanted = Wanted(lexicon)
        self._short = ShortTexts(self.parse)

    async def understand(self, text: str, context: str | None, now: datetime) -> Understanding:
        """`parse` for those who await; short texts are remembered."""
        return self._short.parse(text, context, now)

    async def state(self) -> str:
        """One line for the operator."""
        return f"embedded, model {self._trained.fingerprint[:12]}"

    def parse(self, text: str, context: str | None, now: datetime) -> Understanding:
        """What `text` says after the question `context` (one of CONTEXTS or None); never raises for any text."""
        heard = self.hear(text, context, now)
        return self.at_once(heard) or self.guessed(heard)

    def hear(self, text: str, context: str | None, now: datetime) -> Heard:
        """What the readers find, without any intent; a `context` that is none of CONTEXTS counts as None."""
        plain, asked = normal.normal(text), context if context in CONTEXTS else None
        people = people_in(plain, asked, now, self._lexicon)
        slots = self._slots(plain, asked, now, people)
        cut = pairs(plain)
        ranking, familiar = self._trained.intents.probabilities(cut), self._trained.intents.familiarity(cut)
        calmly = asked is not None or any(person.facts for person in people)
        return Heard(
            plain, asked, people, slots, self._alarm(plain, ranking, calmly=calmly), ranking, familiar
        )

    def suspects(self, text: str) -> bool:
        """Whether `parse` could tell of danger in this text; without what takes most of its time."""
        plain = normal.normal(text)
        return self._alarm(plain, self._trained.intents.probabilities(pairs(plain)), calmly=False) is not None

    def _alarm(self, plain: str, ranking: Mapping[str, float], *, calmly: bool) -> emergency.Emergency | None:
        alarm = emergency.read(plain)
        if alarm is None and ranking.get("emergency", 1.0) <= UNSUSPICIOUS:
            return None
        return danger.look(self._trained.danger, plain, alarm, calmly=calmly)

    def at_once(self, heard: Heard) -> Understanding | None:
        """What is not left to any ranking of intents: danger, and a whole message of one meaning; else None."""
        alarm = heard.alarm
        if alarm is not None and alarm.certain and alarm.sure is None:
            return self._told("emergency", rules.SURE, "rules", heard)
        decided = rules.decide(heard.text, heard.context)
        if decided == "deny" and heard.context is None and heard.facts:
            # Nobody asked: "没有残疾证" tells something, it answers nothing.
            decided = "inform"
        if decided is not None:
            return self._told(decided, rules.SURE, "rules", heard)
        if alarm is not None and alarm.certain:
            return self._told("emergency", alarm.sure or rules.SURE, "embedded", heard)
        return None

    def guessed(self, heard: Heard) -> Understanding:
        """The embedded model's own guess."""
        return self.judged(heard, heard.ranking, "embedded")

    def judged(self, heard: Heard, ranking: Mapping[str, float], engine: str) -> Understanding:
        """What `ranking`, any model's probability of each intent, comes to beside what the readers found."""
        calm = {intent: share for intent, share in ranking.items() if intent != "emergency"}
        calm["out_of_scope"] = calm.get("out_of_scope", 0.0) * _strangeness(heard)
        intent, confidence = settle(calm, heard)
        if not (heard.facts or heard.slots) and len(heard.text) >= SHORT:
            confidence *= min(1.0, heard.familiar / WORTH_TRUST)
        return self._told(intent, confidence, engine, heard)

    def _slots(
        self, text: str, context: str | None, now: datetime, people: tuple[PersonHeard, ...]
    ) -> dict[str, str]:
        slots = self._wanted.read(text)
        told = when.read(text, now)
        if told is not None and not any("birth_date" in person.facts for person in people):
            slots["time_text"] = told[0]
            if told[1] is not None:
                slots["time"] = told[1].isoformat()
        found = {
            "address": address.read(text) or _barely_told(text, context, slots),
            "phone": phone.read(text),
            "contact": contact.read(text, context),
        }
        return slots | {name: value for name, value in found.items() if value}

    @staticmethod
    def _told(intent: str, confidence: float, engine: str, heard: Heard) -> Understanding:
        alarm = heard.alarm.kind if heard.alarm else None
        happening = intent == "emergency"
        return Understanding(
            intent,
            confidence,
            engine,
            heard.people,
            heard.slots,
            emergency=alarm if happening else None,
            perhaps_emergency=None if happening else alarm,
        )


def _barely_told(text: str, context: str | None, slots: Mapping[str, str]) -> str | None:
    """An address that is one only because it was asked for, or stands beside what is wanted and when."""
    if context == _WHERE:
        return address_answer.read(text)
    return address_answer.village(text) if slots.keys() >= _CALL else None


def _strangeness(heard: Heard) -> float:
    """How many times as likely a text is about something else, by how much of its wording was ever seen."""
    return 0.5 if heard.facts or heard.names else math.exp(STEEP * (USUAL - heard.familiar))


def load(data_dir: Path, lexicon: Lexicon) -> Embedded:
    """The engine with the weights kept in `data_dir`, or by the set-up beside the program; trains anew where they are
    missing, damaged or older than the sentences. Raises WeightsError when that is needed and scikit-learn is not there.
    """
    path = data_dir / train.FILE
    try:
        kept = fresh(path)
    except WeightsError as error:
        kept = _of_setup() or _anew(error)
        _keep(kept, path)
    return Embedded(kept, lexicon)


def _of_setup() -> Trained | None:
    try:
        return fresh(_SETUP / train.FILE)
    except WeightsError:
        return None


def _anew(why: WeightsError) -> Trained:
    log.warning("training the intents anew: %s", why)
    return train.train()


def fresh(path: Path) -> Trained:
    """The weights in `path`. Raises WeightsError where they are missing, damaged or older than the sentences."""
    kept = weights.read(path)
    if kept.fingerprint != train.fingerprint():
        raise WeightsError(f"{path}: older than the training sentences; run: python -m nlu train")
    return kept


def _keep(fresh: Trained, path: Path) -> None:
    try:
        weights.write(fresh, path)
    except OSError as error:
        log.warning(
            "the trained intents could not be kept in %s (%s); they are trained again at the next start",
            path,
            error,
        )
