"""Makes clock-cases.csv: due times counted minute by minute and day by day, with the time zone of Python's zoneinfo and Easter of dateutil.

Knows nothing of the portal's code: opening hours, holidays and targets are written down here once more. Run it in this folder when a rule changes:
    python3 make_clock_cases.py > clock-cases.csv
"""
import random
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.easter import easter

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
HOURS = {0: (8, 20), 1: (8, 20), 2: (8, 20), 3: (8, 20), 4: (8, 20), 5: (9, 17), 6: (9, 16)}
MINUTES = {"acknowledgement": 60, "red_flag_review": 30}
DAYS = {"triage": 1, "contact": 1, "first_appointment": 5, "initial_report": 3, "discharge_report": 5}
URGENT_DAYS = 2


def holidays(year):
    """England and Wales: the rule, the moved and the proclaimed days of 2022 and 2023."""
    found = {easter(year) - timedelta(2), easter(year) + timedelta(1)}
    mondays = lambda month: [d for d in (date(year, month, 1) + timedelta(n) for n in range(31)) if d.month == month and d.weekday() == 0]
    found |= {mondays(5)[0], date(2022, 6, 2) if year == 2022 else mondays(5)[-1], mondays(8)[-1]}
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        day = fixed
        while day.weekday() > 4 or day in found:
            day += timedelta(1)
        found.add(day)
    return found | {d for d in (date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)) if d.year == year}


HOLIDAYS = set().union(*(holidays(year) for year in range(2021, 2033)))


def is_open(instant):
    here = instant.astimezone(LONDON)
    opens, closes = HOURS[here.weekday()]
    return opens <= here.hour < closes


def works(day):
    return day.weekday() < 5 and day not in HOLIDAYS


def after_minutes(instant, minutes):
    while minutes > 0:
        minutes -= is_open(instant)
        instant += MINUTE
    return instant


def open_minutes(start, end):
    count = 0
    while start < end:
        count += is_open(start)
        start += MINUTE
    return count


def after_days(instant, days):
    day = instant.astimezone(LONDON).date()
    while days > 0:
        day += timedelta(1)
        days -= works(day)
    while not works(day):
        day += timedelta(1)
    return datetime.combine(day, time(HOURS[day.weekday()][1]), LONDON).astimezone(timezone.utc)


def working_days(start, end):
    day, last, count = start.astimezone(LONDON).date(), end.astimezone(LONDON).date(), 0
    while day < last:
        day += timedelta(1)
        count += works(day)
    return count


def due(target, start, urgent):
    if target in MINUTES:
        return after_minutes(start, MINUTES[target])
    return after_days(start, URGENT_DAYS if urgent and target == "first_appointment" else DAYS[target])


def resumed_due(target, old, paused, resumed):
    if old < paused:
        return old + (resumed - paused)
    if target in MINUTES:
        return after_minutes(resumed, open_minutes(paused, old))
    left = working_days(paused, old)
    new = after_days(resumed, left)
    return new if new > resumed else after_days(resumed, left + 1)


def text(instant):
    return instant.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%MZ")


def tricky(dice):
    """Half of the instants lie about a change of the clocks, a turn of the year or a holiday."""
    year = dice.randint(2022, 2030)
    if dice.random() < 0.5:
        return datetime(year, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=dice.randrange(365 * 24 * 60))
    day = dice.choice(sorted(holidays(year)) + [date(year, 3, 31), date(year, 10, 31), date(year, 12, 31)])
    if (day.month, day.day) in ((3, 31), (10, 31)):
        day -= timedelta((day.weekday() + 1) % 7)
    return datetime.combine(day, time(0), timezone.utc) + timedelta(minutes=dice.randrange(-2880, 2880))


dice = random.Random(20261126)
print("target,urgent,start,due,paused,resumed,due_after_pause")
for number in range(100):
    target = dice.choice(list(MINUTES) + list(DAYS))
    urgent, start = dice.random() < 0.3, tricky(dice)
    end = due(target, start, urgent)
    paused = start + timedelta(minutes=dice.randrange(1, 1 + int((end - start).total_seconds() // 60)))
    again = paused + timedelta(minutes=dice.randrange(1, 30000))
    print(",".join((target, str(urgent).lower(), text(start), text(end), text(paused), text(again), text(resumed_due(target, end, paused, again)))))
