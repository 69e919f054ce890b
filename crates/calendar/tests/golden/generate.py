"""Writes recurrence.txt: rules and their dates as python-dateutil gives them, in floating time.

    python3 -m venv target/venv && target/venv/bin/pip install python-dateutil
    target/venv/bin/python crates/calendar/tests/golden/generate.py

One case a line: start | rule | dates. Where dateutil departs from RFC 5545 no case is made:
* it takes the first week of a WEEKLY rule to begin at the start, which shifts BYSETPOS there;
* it takes a plain and a numbered BYDAY together as "both" where RFC 5545 says "either".
"""

import os
import random
import signal
import warnings
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

warnings.simplefilter("ignore")
rng = random.Random(5545)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQS = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]
STARTS = [
    datetime(1997, 9, 2, 9, 0, 0),
    datetime(2024, 2, 29, 18, 30, 0),
    datetime(2026, 1, 31, 23, 59, 59),
    datetime(2020, 12, 28, 0, 0, 0),
    datetime(2027, 1, 3, 12, 15, 0),
]


def some(values, most):
    picked = rng.sample(values, rng.randint(1, most))
    return ",".join(str(v) for v in picked)


def signed(top, most):
    return some([n for n in range(-top, top + 1) if n], most)


def weekdays(numbered, of_year):
    if not numbered:
        return some(DAYS, 4)
    top = 53 if of_year else 5
    return ",".join(
        f"{rng.choice([n for n in range(-top, top + 1) if n])}{day}"
        for day in rng.sample(DAYS, rng.randint(1, 3))
    )


def make():
    start = rng.choice(STARTS)
    freq = rng.choice(FREQS[:4] * 3 + FREQS[4:])
    parts = {"FREQ": freq}
    if rng.random() < 0.4:
        parts["INTERVAL"] = rng.choice([2, 3, 4, 5, 7, 13, 45, 90, 100])
    fine = freq in FREQS[4:]
    chance = lambda p: rng.random() < p
    if chance(0.3):
        parts["BYMONTH"] = some(range(1, 13), 4)
    if freq == "YEARLY" and chance(0.25):
        parts["BYWEEKNO"] = signed(53, 4)
    if chance(0.12):
        parts["BYYEARDAY"] = signed(366, 40 if fine else 8)
    if chance(0.25):
        parts["BYMONTHDAY"] = signed(31, 8)
    if chance(0.45):
        numbered = freq in ("YEARLY", "MONTHLY") and "BYWEEKNO" not in parts and chance(0.5)
        parts["BYDAY"] = weekdays(numbered, freq == "YEARLY" and "BYMONTH" not in parts)
    if chance(0.2):
        parts["BYHOUR"] = some(range(24), 4)
    if chance(0.15):
        parts["BYMINUTE"] = some(range(60), 4)
    if chance(0.1):
        parts["BYSECOND"] = some(range(60), 3)
    if any(name.startswith("BY") for name in parts) and chance(0.3):
        parts["BYSETPOS"] = signed(12, 3)
    if chance(0.35):
        parts["WKST"] = rng.choice(DAYS)
    if freq == "WEEKLY" and "BYSETPOS" in parts:
        week_start = DAYS.index(parts.get("WKST", "MO"))
        start -= timedelta(days=(start.weekday() - week_start) % 7)
    if chance(0.3):
        end = start + timedelta(days=rng.choice([1, 40, 400, 2500]))
        parts["UNTIL"] = end.strftime("%Y%m%dT%H%M%S")
    else:
        parts["COUNT"] = rng.randint(1, 20)
    names = list(parts)
    rng.shuffle(names)
    return start, ";".join(f"{name}={parts[name]}" for name in names)


def dates_of(start, rule):
    def too_long(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(1)
    try:
        dates = []
        for date in rrulestr(rule, dtstart=start):
            dates.append(date.isoformat())
            if len(dates) > 60:
                return None
        return dates if not dates or date.year < 2900 else None
    except (TimeoutError, ValueError):
        return None
    finally:
        signal.alarm(0)


def main():
    cases, empty = {}, 0
    while len(cases) < 700:
        start, rule = make()
        dates = dates_of(start, rule)
        if dates is None or (not dates and empty >= 40):
            continue
        empty += not dates
        cases[start.isoformat(), rule] = " ".join(dates)
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "recurrence.txt"), "w", encoding="ascii") as out:
        for (start, rule), dates in cases.items():
            out.write(f"{start} | {rule} | {dates}\n")


main()
