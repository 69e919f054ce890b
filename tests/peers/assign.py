#!/usr/bin/env python3
"""Other assignment solvers on one instance: a JSON line each with cost, bound and seconds of solving.

usage: assign.py matrix|flow|roster|gap FILE SECONDS

FILE is little endian. matrix: u32 n, then n*n i32 costs. The others: u32 needs, people, edges, price
of an open place; needs * u32 heads; people * u32 capacity; people * u32 longest load; needs * (u32
start, u32 end); edges * (u32 need, u32 person, i32 cost, u32 load).
"""
import json
import sys
import time

import numpy as np


def say(peer, cost, bound, seconds):
    row = {"peer": peer, "cost": int(cost), "bound": float(bound), "seconds": round(seconds, 6)}
    print(json.dumps(row), flush=True)


def timed(solve):
    began = time.perf_counter()
    result = solve()
    return result, time.perf_counter() - began


def matrix(path, _seconds):
    import lapjv
    from ortools.graph.python import linear_sum_assignment as lsa
    from scipy.optimize import linear_sum_assignment as scipy_lsa

    n = int(np.fromfile(path, "<u4", 1)[0])
    costs = np.fromfile(path, "<i4", offset=4).reshape(n, n)
    rows = np.arange(n)
    floats = costs.astype(np.float32 if costs.max() < 2**22 else np.float64)
    (columns, *_), seconds = timed(lambda: lapjv.lapjv(floats))
    cost = int(costs[rows, columns].astype(np.int64).sum())
    say("lapjv", cost, cost, seconds)
    (_, columns), seconds = timed(lambda: scipy_lsa(costs))
    cost = int(costs[rows, columns].astype(np.int64).sum())
    say("scipy", cost, cost, seconds)
    solver = lsa.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(
        np.repeat(rows, n).astype(np.int32), np.tile(rows, n).astype(np.int32), costs.ravel()
    )
    _, seconds = timed(solver.solve)
    say("OR-Tools", solver.optimal_cost(), solver.optimal_cost(), seconds)


class Roster:
    def __init__(self, path):
        data = np.fromfile(path, "<u4")
        self.needs, self.people, edges, self.price = (int(x) for x in data[:4])
        at = 4
        self.heads, at = data[at : at + self.needs], at + self.needs
        self.capacity, at = data[at : at + self.people], at + self.people
        self.longest, at = data[at : at + self.people], at + self.people
        self.windows, at = data[at : at + 2 * self.needs].reshape(-1, 2), at + 2 * self.needs
        rows = data[at : at + 4 * edges].reshape(-1, 4)
        self.need, self.person, self.load = rows[:, 0], rows[:, 1], rows[:, 3]
        self.cost = rows[:, 2].view("<i4")

    def clashes(self):
        """For each person, the largest sets of edges whose windows share a moment."""
        by_person = {}
        for e, person in enumerate(self.person):
            by_person.setdefault(int(person), []).append(e)
        for edges in by_person.values():
            starts = {int(self.windows[self.need[e]][0]) for e in edges}
            for moment in starts:
                at = [
                    e
                    for e in edges
                    if self.windows[self.need[e]][0] <= moment < self.windows[self.need[e]][1]
                ]
                if len(at) > 1:
                    yield at


def flow(path, _seconds):
    from ortools.graph.python import min_cost_flow

    r = Roster(path)
    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink = r.needs + r.people, r.needs + r.people + 1
    needs, people = np.arange(r.needs), np.arange(r.people)

    def arcs(tail, head, capacity, cost):
        flow.add_arcs_with_capacity_and_unit_cost(
            *(np.broadcast_to(x, max(np.size(tail), np.size(head))) for x in (tail, head, capacity, cost))
        )

    arcs(r.need, r.needs + r.person, 1, r.cost)
    arcs(source, needs, r.heads, 0)
    arcs(needs, sink, r.heads, r.price)
    arcs(r.needs + people, sink, r.capacity, 0)
    total = int(r.heads.sum())
    flow.set_nodes_supplies([source, sink], [total, -total])
    _, seconds = timed(flow.solve)
    say("OR-Tools", flow.optimal_cost(), flow.optimal_cost(), seconds)


def roster(path, limit):
    """HiGHS with a row for each clique of clashes."""
    import highspy
    from scipy.sparse import csr_matrix

    r = Roster(path)
    edges = len(r.cost)
    rows, columns, values, lower, upper = [], [], [], [], []

    def row(members, weights, low, high):
        rows.extend([len(lower)] * len(members))
        columns.extend(members)
        values.extend(weights)
        lower.append(low)
        upper.append(high)

    by_need, by_person = {}, {}
    for e in range(edges):
        by_need.setdefault(int(r.need[e]), []).append(e)
        by_person.setdefault(int(r.person[e]), []).append(e)
    for need, members in by_need.items():
        row(members + [edges + need], [1] * (len(members) + 1), int(r.heads[need]), int(r.heads[need]))
    for person, members in by_person.items():
        row(members, [1] * len(members), 0, int(r.capacity[person]))
    for members in r.clashes():
        row(members, [1] * len(members), 0, 1)
    height, width = len(lower), edges + r.needs
    table = csr_matrix((values, (rows, columns)), shape=(height, width))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = width, height
    model.col_cost_ = np.concatenate([r.cost, np.full(r.needs, r.price)]).astype(float)
    model.col_lower_ = np.zeros(width)
    model.col_upper_ = np.concatenate([np.ones(edges), r.heads]).astype(float)
    model.row_lower_, model.row_upper_ = np.array(lower, float), np.array(upper, float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_ = table.indptr, table.indices
    model.a_matrix_.value_ = table.data.astype(float)
    model.integrality_ = [highspy.HighsVarType.kInteger] * width
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("time_limit", float(limit))
    highs.passModel(model)
    _, seconds = timed(highs.run)
    info = highs.getInfo()
    say("HiGHS", round(info.objective_function_value), info.mip_dual_bound, seconds)


def gap(path, limit):
    from ortools.sat.python import cp_model

    r = Roster(path)
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in r.cost]
    by_need, by_person = {}, {}
    for e in range(len(take)):
        by_need.setdefault(int(r.need[e]), []).append(e)
        by_person.setdefault(int(r.person[e]), []).append(e)
    for members in by_need.values():
        model.add_exactly_one(take[e] for e in members)
    for person, members in by_person.items():
        model.add(sum(int(r.load[e]) * take[e] for e in members) <= int(r.longest[person]))
    model.minimize(sum(int(cost) * x for cost, x in zip(r.cost, take)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = float(limit)
    solver.parameters.num_workers = 1
    _, seconds = timed(lambda: solver.solve(model))
    say("CP-SAT", round(solver.objective_value), solver.best_objective_bound, seconds)


if __name__ == "__main__":
    _, kind, path, seconds = sys.argv
    {"matrix": matrix, "flow": flow, "roster": roster, "gap": gap}[kind](path, float(seconds))
