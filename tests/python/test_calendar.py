"""Calendars as programs of others read and write them: icalendar and recurring-ical-events."""

import datetime
import unittest
import urllib.error
import urllib.request
import zoneinfo

import icalendar
import recurring_ical_events
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from served import Served
from test_rooms import request_id

from dugnad.rooms.v1 import calendar_pb2 as calendars
from dugnad.rooms.v1 import calendar_pb2_grpc, rooms_pb2 as rooms, rooms_pb2_grpc

OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
UTC = datetime.timezone.utc
YEAR = datetime.date.today().year + 1
HOUR = datetime.timedelta(hours=1)


def last_sunday(month):
    """When the clock is set, in March and October."""
    day = datetime.date(YEAR, month, 31)
    return day - datetime.timedelta(days=(day.weekday() + 1) % 7)


def utc(at):
    return at.astimezone(UTC)


def timestamp(at):
    return Timestamp(seconds=int(at.timestamp()))


class Calendars(Served):
    options = ["--http=127.0.0.1:0"]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rooms = rooms_pb2_grpc.RoomsServiceStub(cls.channel)
        cls.stub = calendar_pb2_grpc.CalendarServiceStub(cls.channel)

    def setUp(self):
        facility = self.call(
            self.rooms.CreateFacility,
            rooms.CreateFacilityRequest(
                facility=rooms.Facility(display_name="Kulturhuset"), request_id=request_id()
            ),
        ).facility
        self.facility = facility.name
        self.room = self.new_room("Storsalen, øst")

    def new_room(self, name):
        room = rooms.Room(display_name=name, capacity=12)
        request = rooms.CreateRoomRequest(
            facility=self.facility, room=room, request_id=request_id()
        )
        return self.call(self.rooms.CreateRoom, request).room.name

    def as_staff(self, method, request):
        staff = [*self.caller, ("dugnad-role", "staff")]
        return method(request, metadata=staff, timeout=20, wait_for_ready=True)

    def book(self, start, end, purpose="Øvelse; blåsere, strykere"):
        request = rooms.CreateBookingRequest(
            room=self.room,
            interval=rooms.Interval(start=timestamp(start), end=timestamp(end)),
            purpose=purpose,
            request_id=request_id(),
        )
        return self.call(self.rooms.CreateBooking, request).booking

    def series(self, start, minutes, rrule, exdates=()):
        request = rooms.CreateBookingSeriesRequest(
            series=rooms.BookingSeries(
                room=self.room,
                first_start=start,
                duration=Duration(seconds=minutes * 60),
                rrule=rrule,
                exdates=exdates,
                purpose="Dans",
            ),
            clash_policy=rooms.CLASH_POLICY_SKIP,
            request_id=request_id(),
        )
        return self.call(self.rooms.CreateBookingSeries, request)

    def move(self, booking, start=None, end=None, room=""):
        interval = start and rooms.Interval(start=timestamp(start), end=timestamp(end))
        request = rooms.MoveBookingRequest(
            name=booking.name, interval=interval, room=room, request_id=request_id()
        )
        return self.call(self.rooms.MoveBooking, request)

    def cancel(self, booking):
        request = rooms.CancelBookingRequest(name=booking.name, request_id=request_id())
        return self.call(self.rooms.CancelBooking, request)

    def booked(self, room=None):
        """What the rooms service says is taken next year: starts and ends."""
        first = datetime.datetime(YEAR, 1, 1, tzinfo=UTC)
        interval = rooms.Interval(
            start=timestamp(first), end=timestamp(first + datetime.timedelta(days=366))
        )
        request = rooms.ListBookingsRequest(
            room=room or self.room, interval=interval, page_size=1000
        )
        bookings = self.call(self.rooms.ListBookings, request).bookings
        span = lambda it: (it.start.ToDatetime(UTC), it.end.ToDatetime(UTC))
        return sorted(span(booking.interval) for booking in bookings)

    def feed(self, of):
        request = calendars.CreateFeedRequest(of=of, request_id=request_id())
        return self.call(self.stub.CreateFeed, request)

    def fetch(self, path, **headers):
        url = f"http://{self.listening['http']}{path}"
        request = urllib.request.Request(url, headers=headers)
        return urllib.request.urlopen(request, timeout=20)

    def read(self, of):
        with self.fetch(self.feed(of).path) as answer:
            return icalendar.Calendar.from_ical(answer.read())

    def found(self, calendar):
        """What another program makes of a calendar: live events next year."""
        year = (datetime.datetime(YEAR, 1, 1, tzinfo=UTC), datetime.datetime(YEAR + 1, 1, 1, tzinfo=UTC))
        events = recurring_ical_events.of(calendar).between(*year)
        live = [event for event in events if event.get("STATUS") != "CANCELLED"]
        return sorted((utc(event.start), utc(event.end)) for event in live)

    def test_another_program_finds_the_dates_that_were_booked_and_no_others(self):
        spring, autumn = last_sunday(3), last_sunday(10)
        before = datetime.timedelta(days=2)
        # In the hour that is not there, and in the one that is there twice.
        self.series(f"{spring - before}T02:30", 30, "FREQ=DAILY;COUNT=6")
        self.series(f"{autumn - before}T02:30", 15, "FREQ=DAILY;COUNT=6")
        # Across both: three hours by the clock on the wall.
        self.series(f"{spring - before}T23:30", 120, "FREQ=DAILY;COUNT=4")
        self.series(f"{autumn - before}T00:30", 90, "FREQ=DAILY;COUNT=4")
        second = datetime.datetime.combine(autumn, datetime.time(1, 30), UTC)
        self.book(second, second + HOUR / 2)
        # All the year round, with dates left out, moved, shortened, cancelled, in another room.
        monday = datetime.date(YEAR, 2, 1)
        out = [f"{YEAR}-06-{day:02}T18:00" for day in range(1, 31)]
        weekly = self.series(f"{monday}T18:00", 120, f"FREQ=WEEKLY;BYDAY=MO,TH;UNTIL={YEAR}1130", out)
        dates = weekly.bookings
        start = utc(dates[3].interval.start.ToDatetime(UTC))
        self.move(dates[3], start + 4 * HOUR, start + 5 * HOUR)
        self.move(dates[4], room=self.new_room("Bakrommet"))
        self.cancel(dates[5])
        self.cancel(self.book(start - 24 * HOUR, start - 23 * HOUR))
        self.series(f"{YEAR}-01-29T12:00", 60, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=9")
        self.series(f"{YEAR}-01-31T09:00", 60, "FREQ=MONTHLY;COUNT=5")

        calendar = self.read(self.room)

        booked = self.booked()
        self.assertGreater(len(booked), 90)
        self.assertEqual(self.found(calendar), booked)
        uids = {str(event["UID"]) for event in calendar.walk("VEVENT")}
        self.assertEqual(len(uids), 9)
        self.assertEqual(len([e for e in calendar.walk("VEVENT") if "RRULE" in e]), 7)

    def test_the_clock_written_into_the_file_is_the_one_on_the_wall(self):
        self.series(f"{YEAR}-02-01T18:00", 60, f"FREQ=DAILY;UNTIL={YEAR}1130")

        calendar = self.read(self.room)

        [written] = calendar.walk("VTIMEZONE")
        clock = written.to_tz(lookup_tzid=False)
        hour = datetime.datetime(YEAR, 2, 2, tzinfo=UTC)
        while hour.month < 12:
            self.assertEqual(
                hour.astimezone(clock).utcoffset(), hour.astimezone(OSLO).utcoffset(), hour
            )
            hour += HOUR

    def test_a_whole_file_says_what_it_is(self):
        start = datetime.datetime(YEAR, 5, 4, 18, tzinfo=OSLO)
        purpose = "Øvelse; blåsere, strykere\nog slagverk \\ " + "å" * 100
        self.book(start, start + HOUR, purpose)
        made = self.feed(self.room)

        with self.fetch(made.path) as answer:
            calendar = icalendar.Calendar.from_ical(answer.read())

        self.assertEqual(calendar["NAME"], "Storsalen, øst, Kulturhuset")
        self.assertEqual(calendar["SOURCE"], f"http://{self.listening['http']}{made.path}")
        self.assertEqual(str(calendar["REFRESH-INTERVAL"]), "PT1H")
        [event] = calendar.walk("VEVENT")
        self.assertEqual(event["SUMMARY"], purpose)
        self.assertEqual(calendar.errors + event.errors, [])

    def test_an_address_is_a_secret_and_tells_only_what_changed(self):
        start = datetime.datetime(YEAR, 5, 4, 18, tzinfo=OSLO)
        booking = self.book(start, start + HOUR)
        made = self.feed(self.room)
        with self.fetch(made.path) as answer:
            etag = answer.headers["ETag"]
            self.assertEqual(answer.headers["Content-Type"], "text/calendar; charset=utf-8")

        with self.assertRaises(urllib.error.HTTPError) as unchanged:
            self.fetch(made.path, **{"If-None-Match": etag})
        self.cancel(booking)
        with self.fetch(made.path, **{"If-None-Match": etag}) as answer:
            self.assertIn(b"STATUS:CANCELLED", answer.read())

        self.assertEqual(unchanged.exception.code, 304)
        revoke = calendars.RevokeFeedRequest(name=made.feed.name, request_id=request_id())
        self.call(self.stub.RevokeFeed, revoke)
        wrong = made.token[:-1] + ("0" if made.token[-1] != "0" else "1")
        nowhere = made.token.replace("lillevik", "storevik")
        for path in [made.path, f"/calendar/{wrong}.ics", f"/calendar/{nowhere}.ics", "/calendar/x"]:
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.fetch(path)
            self.assertEqual((refused.exception.code, refused.exception.read()), (404, b""))
        self.log.seek(0)
        self.assertNotIn(made.token.rsplit("-", 1)[1], self.log.read())

    def test_what_another_program_wrote_is_booked_as_it_meant_it(self):
        spring = last_sunday(3)
        calendar = icalendar.Calendar()
        calendar.add("VERSION", "2.0")
        calendar.add("PRODID", "-//someone else//")
        event = icalendar.Event()
        event.add("UID", "bridge@example.org")
        event.add("SUMMARY", "Bridge; for alle, også nybegynnere")
        start = datetime.datetime.combine(
            spring - datetime.timedelta(days=21), datetime.time(18), OSLO
        )
        event.add("DTSTART", start)
        event.add("DTEND", start + 2 * HOUR)
        event.add("RRULE", {"FREQ": "WEEKLY", "COUNT": 8})
        event.add("EXDATE", start + datetime.timedelta(days=7))
        calendar.add_component(event)
        other = icalendar.Event()
        other.add("UID", "dagen@example.org")
        other.add("DTSTART", datetime.datetime(YEAR, 5, 4, 8, tzinfo=UTC))
        other.add("DURATION", datetime.timedelta(hours=3, minutes=30))
        calendar.add_component(other)
        calendar.add_missing_timezones()
        request = calendars.ImportCalendarRequest(
            room=self.room, calendar=calendar.to_ical().decode(), request_id=request_id()
        )

        told = self.as_staff(self.stub.ImportCalendar, request).events

        taken = calendars.ImportedEvent.OUTCOME_TAKEN
        self.assertEqual([event.outcome for event in told], [taken, taken], told)
        self.assertEqual(self.booked(), self.found(calendar))
        self.assertEqual(self.found(self.read(self.room)), self.found(calendar))

    def test_free_and_busy_are_understood(self):
        start = datetime.datetime(YEAR, 5, 4, 18, tzinfo=OSLO)
        self.book(start, start + HOUR)
        interval = rooms.Interval(start=timestamp(start - HOUR), end=timestamp(start + 9 * HOUR))
        request = calendars.GetFreeBusyRequest(room=self.room, interval=interval)

        shown = self.call(self.stub.GetFreeBusy, request).calendar

        [busy] = icalendar.Calendar.from_ical(shown).walk("VFREEBUSY")
        period = busy["FREEBUSY"]
        self.assertEqual((period.start, period.end), (utc(start), utc(start + HOUR)))
        self.assertEqual(period.params["FBTYPE"], "BUSY")


if __name__ == "__main__":
    unittest.main()
