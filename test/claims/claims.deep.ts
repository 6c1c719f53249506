import { expectClaims } from "./generated.js";

expectClaims(1000, 40);
