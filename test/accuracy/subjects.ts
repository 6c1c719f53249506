import { alignment } from "./families/alignment.js";
import { diffusion } from "./families/diffusion.js";
import { diffusionWords } from "./families/diffusionWords.js";
import { information } from "./families/information.js";
import { alignmentFromLogs, informationFromLogs, measuresFromLogs } from "./families/logarithms.js";
import { measures } from "./families/measure.js";
import { numeric } from "./families/numeric.js";
import { objectives, renyiDivergences } from "./families/objectives.js";
import { games } from "./families/objectives-games.js";
import { objectivesUtility } from "./families/objectives-utility.js";
import { preference } from "./families/preference.js";
import { selection } from "./families/selection.js";
import { training } from "./families/training.js";
import { votes } from "./families/votes.js";
import type { Subject } from "./subject.js";

/** All subjects, by the folder of src that their functions are in. */
export const folders: Readonly<Record<string, readonly Subject[]>> = {
  numeric,
  measure: [...measures, ...measuresFromLogs],
  information: [...information, ...informationFromLogs, ...renyiDivergences],
  preference,
  alignment: [...alignment, ...alignmentFromLogs],
  selection: [...selection, ...votes],
  objective: [...objectives, ...games, ...objectivesUtility],
  training,
  diffusion: [...diffusion, ...diffusionWords],
};
