/** docs/mutation.md anew, of what the last runs wrote down. */
import { writePages } from "./summary.js";

writePages();
