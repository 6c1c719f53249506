import { workerData } from "node:worker_threads";
import { type Columns, type Piece, queryOf } from "../input/dataset.js";
import { serve } from "../run/pool.js";
import { type QueryDigest, queryDigest } from "./digest.js";

/** What is sent back of each query: its digest and its place. */
export type PlacedDigest = QueryDigest & { readonly place: string };

const { columns } = workerData as { readonly columns: Columns };

serve((piece: Piece): PlacedDigest => ({ ...queryDigest(queryOf(piece, columns), columns), place: piece.place }));
