/** The script that a page loads when its search is first used. */
import entries from "entries";
import { finder } from "./finder.mjs";

globalThis.exptiltFind = finder(entries);
