import { expectClaims } from "./generated.js";

// Where a part of the generated files is asked for, so is that part of the instances.
const share = Number(process.env.DEEP_FILES ?? 2000) / 2000;
expectClaims(Math.ceil(1000 * share), Math.ceil(40 * share));
