"""A client in another language: books rooms through stubs compiled from proto/, and by reflection."""

import secrets
import time
import unittest
import uuid

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from served import CALL, Served

from dugnad.rooms.v1 import rooms_pb2 as rooms
from dugnad.rooms.v1 import rooms_pb2_grpc

DAY = 24 * 60 * 60


def request_id():
    """A UUIDv7, made once per intent."""
    value = int(time.time() * 1000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=value))


def interval(start_hour, end_hour, days=40):
    midnight = (int(time.time()) // DAY + days) * DAY
    return rooms.Interval(
        start=Timestamp(seconds=midnight + start_hour * 3600),
        end=Timestamp(seconds=midnight + end_hour * 3600),
    )


class Rooms(Served):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stub = rooms_pb2_grpc.RoomsServiceStub(cls.channel)

    def room(self):
        facility = self.call(
            self.stub.CreateFacility,
            rooms.CreateFacilityRequest(
                facility=rooms.Facility(display_name="Kulturhuset"), request_id=request_id()
            ),
        ).facility
        return self.call(
            self.stub.CreateRoom,
            rooms.CreateRoomRequest(
                facility=facility.name,
                room=rooms.Room(display_name="Møterom 1", capacity=12),
                request_id=request_id(),
            ),
        ).room

    def test_a_room_is_booked_once(self):
        room = self.room()
        wanted = rooms.CreateBookingRequest(
            room=room.name,
            interval=interval(18, 20),
            purpose="Kaffe og kaker på Skjærtorsdag",
            request_id=request_id(),
        )

        booking = self.call(self.stub.CreateBooking, wanted).booking
        again = self.call(self.stub.CreateBooking, wanted).booking
        with self.assertRaises(grpc.RpcError) as refused:
            clash = rooms.CreateBookingRequest()
            clash.CopyFrom(wanted)
            clash.request_id = request_id()
            self.call(self.stub.CreateBooking, clash)

        self.assertEqual(booking, again)
        self.assertEqual(booking.purpose, wanted.purpose)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)

    def test_a_series_is_listed_as_it_was_answered(self):
        room = self.room()
        first = time.strftime("%Y-%m-%dT18:00", time.gmtime(time.time() + 40 * DAY))

        made = self.call(
            self.stub.CreateBookingSeries,
            rooms.CreateBookingSeriesRequest(
                series=rooms.BookingSeries(
                    room=room.name,
                    first_start=first,
                    duration=Duration(seconds=2 * 3600),
                    rrule="FREQ=WEEKLY;COUNT=8",
                ),
                request_id=request_id(),
            ),
        )

        wide = rooms.Interval(
            start=interval(0, 1, days=30).start, end=interval(0, 1, days=120).start
        )
        listed = self.call(
            self.stub.ListBookings, rooms.ListBookingsRequest(room=room.name, interval=wide)
        )
        self.assertEqual(len(made.bookings), 8)
        self.assertEqual([b.name for b in listed.bookings], [b.name for b in made.bookings])

    def test_a_caller_who_does_not_say_who_is_turned_away(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.stub.ListRooms(
                rooms.ListRoomsRequest(facility="facilities/-"), timeout=CALL, wait_for_ready=True
            )

        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)

    def test_a_client_without_stubs_finds_its_way_by_reflection(self):
        room = self.room()
        pool = descriptor_pool.DescriptorPool(ProtoReflectionDescriptorDatabase(self.channel))

        service = pool.FindServiceByName("dugnad.rooms.v1.RoomsService")
        method = service.FindMethodByName("GetRoom")
        ask = message_factory.GetMessageClass(method.input_type)
        answer = message_factory.GetMessageClass(method.output_type)
        get_room = self.channel.unary_unary(
            f"/{service.full_name}/{method.name}",
            request_serializer=ask.SerializeToString,
            response_deserializer=answer.FromString,
        )
        found = self.call(get_room, ask(name=room.name))

        self.assertEqual(found.room.display_name, "Møterom 1")


if __name__ == "__main__":
    unittest.main()
