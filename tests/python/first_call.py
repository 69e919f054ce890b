"""A first call to a running `dugnad serve`: registers a building and a room, and books it.

    tests/python/prepare
    target/tools/python/bin/python tests/python/first_call.py [HOST:PORT]
"""

import os
import pathlib
import sys
import time
import uuid

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "target/tools/python/stubs"))

from dugnad.rooms.v1 import rooms_pb2 as rooms  # noqa: E402
from dugnad.rooms.v1.rooms_pb2_grpc import RoomsServiceStub  # noqa: E402

# Which municipality, and who calls.
CALLER = [("dugnad-tenant", "drammen"), ("dugnad-caller", str(uuid.uuid4()))]


def request_id():
    """A UUIDv7, made once per intent: sending it again gives the first answer."""
    value = bytearray(int(time.time() * 1000).to_bytes(6, "big") + os.urandom(10))
    value[6] = value[6] & 0x0F | 0x70
    value[8] = value[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(value)))


def main():
    server = RoomsServiceStub(grpc.insecure_channel(sys.argv[1] if sys.argv[1:] else "127.0.0.1:7070"))
    facility = server.CreateFacility(
        rooms.CreateFacilityRequest(
            facility=rooms.Facility(display_name="Kulturhuset"), request_id=request_id()
        ),
        metadata=CALLER,
    ).facility
    room = server.CreateRoom(
        rooms.CreateRoomRequest(
            facility=facility.name,
            room=rooms.Room(display_name="Storsalen", capacity=300),
            request_id=request_id(),
        ),
        metadata=CALLER,
    ).room
    booking = rooms.CreateBookingRequest(room=room.name, purpose="Kor", request_id=request_id())
    booking.interval.start.seconds = int(time.time()) // 86400 * 86400 + 86400 + 17 * 3600
    booking.interval.end.seconds = booking.interval.start.seconds + 2 * 3600
    print(server.CreateBooking(booking, metadata=CALLER).booking)

    booking.request_id = request_id()
    try:
        server.CreateBooking(booking, metadata=CALLER)
    except grpc.RpcError as refusal:
        print(f"the same time again: {refusal.code().name}: {refusal.details()}")


if __name__ == "__main__":
    main()
