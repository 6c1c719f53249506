/**
 * Vitest's `test`, with fast-check's `test.prop` beside it. The `test` of @fast-check/vitest runs a test without `prop` as
 * often as a property, since it may ask for a generator: 200 times, which a test that starts a command cannot bear.
 */
import { test as property } from "@fast-check/vitest";
import { test as once } from "vitest";

export const test = Object.assign(once, { prop: property.prop });
