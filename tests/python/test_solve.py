"""Another system lets us solve: a problem in chunks, answers as they improve, by stubs from proto/."""

import unittest

import grpc
from served import CALL, Served

from dugnad.matching.v1 import solve_pb2 as pb
from dugnad.matching.v1 import solve_pb2_grpc


class Solve(Served):
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

    def test_a_problem_in_chunks_is_solved_with_its_proof(self):
        answers = self.solve(
            [
                pb.SolveRequest(options=pb.SolveOptions(open_cost=100, explain=True)),
                pb.SolveRequest(
                    needs=[
                        pb.SolveNeed(id="n1", heads=1, window=pb.SolveWindow(start=0, end=60)),
                        pb.SolveNeed(id="n2", heads=1, window=pb.SolveWindow(start=30, end=90)),
                    ],
                    people=[pb.SolvePerson(id="p1", capacity=2)],
                ),
                pb.SolveRequest(
                    edges=[
                        pb.SolveEdge(need="n1", person="p1", cost=7),
                        pb.SolveEdge(need="n2", person="p1", cost=5),
                    ]
                ),
            ]
        )

        last = answers[-1]
        self.assertTrue(last.final)
        self.assertEqual((last.cost, last.bound), (105, 105))
        self.assertEqual([(a.need, a.person) for a in last.assignments], [("n2", "p1")])
        [way] = last.open[0].relaxations
        self.assertEqual((last.open[0].need, way.person), ("n1", "p1"))
        # It costs no more than the open place, but she cannot be at two places at once.
        self.assertIn("n2", [limit.clash for limit in way.limits])

    def test_a_bad_field_is_named(self):
        need = pb.SolveNeed(id="n1", heads=0)

        with self.assertRaises(grpc.RpcError) as refused:
            self.solve([pb.SolveRequest(options=pb.SolveOptions(open_cost=1), needs=[need])])

        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertIn("needs[0].heads", refused.exception.details())


if __name__ == "__main__":
    unittest.main()
