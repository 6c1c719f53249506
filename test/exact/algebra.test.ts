import { float64Algebra } from "exptilt/claims";
import { exactAlgebra } from "exptilt/exact";
import { describe, expect, test } from "vitest";

const exact = exactAlgebra({ digits: 60 });

test("the exact algebra has the members of the float64 one, of the same types, and its digits", () => {
  const typesOf = (algebra: object) =>
    new Map(Object.entries(algebra).map(([name, member]) => [name, typeof member] as const));
  const own = typesOf(exact);
  expect(own.get("digits")).toBe("number");
  own.delete("digits");
  expect(new Map([...own].sort())).toEqual(new Map([...typesOf(float64Algebra)].sort()));
});

describe("the RLIF regret is the optimal value less the objective", () => {
  const ref = exact.distribution(["a", "b", "c"], [1, 3, 0]);
  const policy = exact.distribution(["a", "b", "c"], [2, 1, 0]);
  test.each([2, 1, 0.5, 0.25, 0])("at β = %s and L = 2", (beta) => {
    const problem = { ref, length: 2, beta, vocabularySize: 2 };
    const difference = exact.rlifOptimalValue(problem).minus(exact.rlifObjective(problem, policy));
    expect(exact.rlifRegret(problem, policy).minus(difference).abs().lt(1e-70)).toBe(true);
    expect(exact.rlifRegret(problem, exact.rlifOptimum(problem)).abs().lt(1e-70)).toBe(true);
  });
  test("and ∞ where the policy has mass that ref has not, but for β = 0", () => {
    const outside = exact.uniform(["a", "b", "c"]);
    const at = (beta: number) => exact.rlifRegret({ ref, length: 2, beta, vocabularySize: 2 }, outside);
    expect([at(2), at(0.25)].map(String)).toEqual(["Infinity", "Infinity"]);
    expect(at(0).minus(exact.entropy(outside).div(2)).abs().lt(1e-70)).toBe(true);
  });
});
