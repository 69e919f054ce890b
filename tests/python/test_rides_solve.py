"""Another system lets us plan rides: roads imported from a map, plans as they improve, by stubs."""

import json
import subprocess
import unittest

import grpc
from served import BINARY, CALL, ROOT, Served

from dugnad.rides.v1 import rides_pb2, solve_pb2_grpc
from dugnad.rides.v1 import solve_pb2 as pb


def place(name, lon, lat):
    at = rides_pb2.Location(lat_e6=round(lat * 1e6), lon_e6=round(lon * 1e6))
    return pb.SolvePlace(id=name, at=at)


def ride(name, pickup, dropoff, by):
    window = pb.SolveWindow(earliest=by - 900, latest=by)
    return pb.SolveRide(
        id=name,
        pickup=pb.SolveStop(place=pickup, service=60),
        dropoff=pb.SolveStop(place=dropoff, window=window, service=60),
        max_ride=2700,
    )


class Solve(Served):
    @classmethod
    def before_start(cls):
        command = [BINARY, "import", "roads", ROOT / "tests/data/monaco.osm.pbf", "--json"]
        done = subprocess.run(
            command + ["--data", cls.data.name], stdout=subprocess.PIPE, check=True, timeout=CALL
        )
        cls.roads = json.loads(done.stdout)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stub = solve_pb2_grpc.SolveServiceStub(cls.channel)
        cls.caller.append(("dugnad-role", "service"))

    def solve(self, chunks):
        answers = self.stub.Solve(
            iter(chunks), metadata=self.caller, timeout=CALL, wait_for_ready=True
        )
        return list(answers)

    def test_a_day_in_chunks_is_planned_on_the_roads_that_were_imported(self):
        answers = self.solve(
            [
                pb.SolveRequest(options=pb.SolveOptions(steps=500, explain=True)),
                pb.SolveRequest(
                    places=[
                        place("casino", 7.4286, 43.7393),
                        place("harbour", 7.4215, 43.7342),
                        place("far out at sea", 7.6, 43.6),
                    ],
                    vehicles=[
                        pb.SolveVehicle(
                            id="bus",
                            start="harbour",
                            end="harbour",
                            shift=pb.SolveWindow(earliest=28800, latest=57600),
                            seats=[pb.SolveSeats(counts=[4])],
                        )
                    ],
                ),
                pb.SolveRequest(
                    rides=[
                        ride("there", "harbour", "casino", 36000),
                        ride("by boat", "far out at sea", "casino", 28800),
                    ]
                ),
            ]
        )

        self.assertGreater(self.roads["ways"], 500)
        last = answers[-1]
        self.assertTrue(last.final)
        [route] = last.routes
        visits = [visit.pickup or visit.dropoff for visit in route.visits]
        self.assertEqual(visits, ["there", "there"])
        # 0.8 km as the crow flies, each way.
        self.assertTrue(2000 < route.distance < 6000, route.distance)
        self.assertEqual(list(last.off_road), ["far out at sea"])
        [left] = last.unserved
        [obstacle] = left.obstacles
        self.assertEqual((left.ride, obstacle.vehicle), ("by boat", "bus"))
        self.assertEqual(obstacle.reasons[0].reason, "DROPOFF_LATE")

    def test_a_bad_field_is_named(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.solve(
                [
                    pb.SolveRequest(
                        options=pb.SolveOptions(), vehicles=[pb.SolveVehicle(id="bus", start="x")]
                    )
                ]
            )

        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertIn("vehicles[0]", refused.exception.details())


if __name__ == "__main__":
    unittest.main()
