import { expectHalf } from "./sweep.js";

// Half of the files: the other half is read beside it, on a second core.
expectHalf(2, [100, 300, 3000]);
