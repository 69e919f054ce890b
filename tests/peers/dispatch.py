#!/usr/bin/env python3
"""Other dispatch solvers on one instance: a JSON line each with vehicles, cost and seconds of solving.

usage: dispatch.py li-lim|darp FILE SECONDS

Both solve in whole numbers: travel times are rounded to a thousandth; the cost that is printed is the Euclidean distance of their routes.
"""
import json
import math
import sys
import time
from datetime import timedelta

import numpy as np

SCALE = 1000


def say(peer, vehicles, cost, served, wanted, seconds):
    if served < wanted:
        peer = f"{peer} ({wanted - served} left out)"
    row = {"peer": peer, "vehicles": vehicles, "cost": cost, "seconds": round(seconds, 3)}
    print(json.dumps(row), flush=True)


def length(points, routes):
    stops = [[0, *route, 0] for route in routes if route]
    return sum(math.dist(points[a], points[b]) for r in stops for a, b in zip(r, r[1:]))


def scaled(points):
    p = np.array(points)
    d = np.sqrt(((p[:, None] - p[None]) ** 2).sum(-1))
    return np.round(d * SCALE).astype(np.int64)


def li_lim(path, limit):
    import vroom

    lines = [line.split() for line in open(path) if line.strip()]
    vehicles, capacity = int(lines[0][0]), int(lines[0][1])
    rows = [[float(x) for x in line] for line in lines[1:]]
    points = [(row[1], row[2]) for row in rows]
    matrix = scaled(points).astype(np.uint32)

    def window(row):
        return vroom.TimeWindow(int(row[4] * SCALE), int(row[5] * SCALE))

    model = vroom.Input()
    model.set_durations_matrix("car", matrix)
    costs = vroom.VehicleCosts(fixed=10_000_000)
    for v in range(vehicles):
        depot = {"start": 0, "end": 0, "capacity": [capacity], "time_window": window(rows[0])}
        model.add_vehicle(vroom.Vehicle(v + 1, profile="car", costs=costs, **depot))

    def step(row):
        details = {"default_service": int(row[6] * SCALE), "time_windows": [window(row)]}
        return vroom.ShipmentStep(int(row[0]), int(row[0]), **details)

    pickups = [row for row in rows[1:] if row[3] > 0]
    for row in pickups:
        model.add_shipment(step(row), step(rows[int(row[8])]), amount=vroom.Amount([int(row[3])]))
    began = time.perf_counter()
    solution = model.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=limit))
    seconds = time.perf_counter() - began
    routes = {}
    for _, row in solution.routes.iterrows():
        if row["type"] in ("pickup", "delivery"):
            routes.setdefault(row["vehicle_id"], []).append(int(row["location_index"]))
    served = sum(len(route) for route in routes.values()) // 2
    cost = length(points, routes.values())
    say("VROOM", len(routes), cost, served, len(pickups), seconds)


def darp(path, limit):
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    lines = [line.split() for line in open(path) if line.strip()]
    vehicles, _, longest, seats, ride = (float(x) for x in lines[0])
    rows = [[float(x) for x in line] for line in lines[1:]]
    n = (len(rows) - 1) // 2
    rows = rows[: 2 * n + 1]
    points = [(row[1], row[2]) for row in rows]
    matrix = scaled(points)
    service = [int(row[3] * SCALE) for row in rows]
    index = pywrapcp.RoutingIndexManager(len(rows), int(vehicles), 0)
    routing = pywrapcp.RoutingModel(index)
    cost = routing.RegisterTransitCallback(
        lambda a, b: int(matrix[index.IndexToNode(a), index.IndexToNode(b)])
    )
    routing.SetArcCostEvaluatorOfAllVehicles(cost)
    taken = routing.RegisterTransitCallback(
        lambda a, b: int(matrix[index.IndexToNode(a), index.IndexToNode(b)])
        + service[index.IndexToNode(a)]
    )
    horizon = int(max(row[6] for row in rows) * SCALE)
    routing.AddDimension(taken, horizon, horizon, False, "time")
    clock = routing.GetDimensionOrDie("time")
    load = routing.RegisterUnaryTransitCallback(lambda a: int(rows[index.IndexToNode(a)][4]))
    routing.AddDimension(load, 0, int(seats), True, "load")
    solver = routing.solver()
    for v in range(int(vehicles)):
        clock.SetSpanUpperBoundForVehicle(int(longest * SCALE), v)
    for i in range(1, 2 * n + 1):
        low, high = rows[i][5], rows[i][6]
        clock.CumulVar(index.NodeToIndex(i)).SetRange(int(low * SCALE), int(high * SCALE))
    for i in range(1, n + 1):
        a, b = index.NodeToIndex(i), index.NodeToIndex(i + n)
        routing.AddPickupAndDelivery(a, b)
        solver.Add(routing.VehicleVar(a) == routing.VehicleVar(b))
        waited = clock.CumulVar(b) - clock.CumulVar(a)
        solver.Add(waited >= service[i])
        solver.Add(waited <= int(ride * SCALE) + service[i])
        routing.AddDisjunction([a], 10_000_000_000)
        routing.AddDisjunction([b], 10_000_000_000)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.first_solution_strategy = first
    search = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.local_search_metaheuristic = search
    parameters.time_limit.FromMilliseconds(int(limit * 1000))
    began = time.perf_counter()
    solution = routing.SolveWithParameters(parameters)
    seconds = time.perf_counter() - began
    routes = []
    for v in range(int(vehicles)) if solution else ():
        at, route = solution.Value(routing.NextVar(routing.Start(v))), []
        while not routing.IsEnd(at):
            route.append(index.IndexToNode(at))
            at = solution.Value(routing.NextVar(at))
        routes.append(route)
    served = sum(len(route) for route in routes) // 2
    say("OR-Tools", sum(map(bool, routes)), length(points, routes), served, n, seconds)


if __name__ == "__main__":
    _, kind, path, seconds = sys.argv
    {"li-lim": li_lim, "darp": darp}[kind](path, float(seconds))
