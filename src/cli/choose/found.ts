import type { SelectionChoice } from "../../selection/choice/chooseSelection.js";
import type { Candidates } from "./keptReadings.js";

/** One reward's candidates and what was chosen among them. */
export interface Found {
  readonly candidates: Candidates;
  readonly choice: SelectionChoice;
}
