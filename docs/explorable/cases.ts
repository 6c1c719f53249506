import { type AtomicData, atomicData } from "exptilt/diffusion";

/** Atoms on a line with two classes, and the class that is asked for. */
export interface Case {
  /** What the address calls it. */
  readonly id: string;
  readonly title: string;
  readonly atoms: readonly number[];
  /** p(x|c) of each class. */
  readonly classes: Readonly<Record<string, readonly number[]>>;
  readonly asked: string;
}

/** What is asked of guidance: of a case, at a strength. */
export interface Asked {
  readonly id: string;
  readonly w: number;
}

export const CASES: readonly [Case, ...Case[]] = [
  {
    id: "left",
    title: "Class a: the left atom most",
    atoms: [-1, 0, 1],
    classes: { a: [0.5, 0.25, 0.25], b: [0.1, 0.1, 0.8] },
    asked: "a",
  },
  {
    id: "right",
    title: "Class b: the right atom most",
    atoms: [-1, 0, 1],
    classes: { a: [0.75, 0.25, 0], b: [0.1, 0.3, 0.6] },
    asked: "b",
  },
  {
    id: "middle",
    title: "Class a: the middle atom most",
    atoms: [-1, 0, 1],
    classes: { a: [0.25, 0.5, 0.25], b: [0.45, 0.1, 0.45] },
    asked: "a",
  },
  {
    id: "uneven",
    title: "Class a: two near atoms, one far",
    atoms: [-1, -0.5, 1],
    classes: { a: [0.4, 0.2, 0.4], b: [0.1, 0.6, 0.3] },
    asked: "a",
  },
];

export function caseOf(id: string): Case | undefined {
  return CASES.find((known) => known.id === id);
}

export function dataOf({ atoms, classes }: Case): AtomicData {
  return atomicData({ atoms: atoms.map((x) => [x]), classes });
}
