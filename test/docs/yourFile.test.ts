import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { buildYourFile } from "../../docs/your-file/build.mjs";
import * as shim from "../../docs/your-file/node/buffer.js";
import { sha256 } from "../../docs/your-file/node/sha256.js";
import { builtPage, REQUESTS } from "../support/builtPage.js";

describe("the page of the reader's own file", () => {
  const { sources, read, loaded } = builtPage(buildYourFile);

  test("is made of the readers and the reports of the command line, without what they have of Node", () => {
    for (const name of ["input/dataset", "input/containers/parquet", "curve/tally", "curve/text", "choose/findChoices"])
      expect(sources()).toContain(`dist/cli/${name}.js`);
    for (const name of ["input/containers/source", "input/openDataset", "curve/curve", "choose/choose", "terminal/say"])
      expect(sources()).not.toContain(`dist/cli/${name}.js`);
    expect(read("your-file.js")).not.toMatch(/["'`]node:/);
  });

  test("loads nothing but its own script and style, and the style of the site", () => {
    expect(loaded()).toEqual(["your-file.css", "your-file.js"]);
    expect(read("your-file.css")).not.toMatch(/url\(|@import/);
    expect(read("your-file.js")).not.toMatch(REQUESTS);
    expect(read("index.html")).toContain("connect-src 'none'");
  });

  test("every id that its script asks for is in its page", () => {
    const asked = [...readFileSync("docs/your-file/your-file.ts", "utf8").matchAll(/byId(?:<\w+>)?\("([\w-]+)"\)/g)];
    expect(asked.length).toBeGreaterThan(10);
    const page = read("index.html");
    expect(asked.map(([, id]) => id).filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
  });
});

describe("what the readers have of Node, as a browser has it", () => {
  property.prop([fc.string({ unit: "binary", maxLength: 200 })])("the digest of a text is that of Node", (text) => {
    for (const encoding of ["hex", "base64"] as const)
      expect(sha256(text, encoding)).toBe(createHash("sha256").update(text).digest(encoding));
  });

  property.prop([fc.uint8Array({ minLength: 12, maxLength: 6000 }), fc.nat(50), fc.nat(50)])(
    "bytes are read as Node reads them",
    (bytes, a, b) => {
      const [own, node] = [shim.Buffer.concat([bytes, bytes]), Buffer.concat([bytes, bytes])];
      expect([...own]).toEqual([...node]);
      for (const encoding of ["latin1", "utf8"] as const) {
        expect(own.toString(encoding)).toBe(node.toString(encoding));
        expect(own.toString(encoding, a, a + b)).toBe(node.toString(encoding, a, a + b));
      }
      expect([own.readUInt32LE(), own.readUIntLE(1, 3), own.readBigUInt64LE(4)]).toEqual([
        node.readUInt32LE(),
        node.readUIntLE(1, 3),
        node.readBigUInt64LE(4),
      ]);
      expect(shim.isAscii(bytes)).toBe(bytes.every((byte) => byte < 0x80));
      expect(shim.isUtf8(new TextEncoder().encode(node.toString()))).toBe(true);
      expect(shim.isUtf8(Uint8Array.of(...bytes, 0xff))).toBe(false);
    },
  );
});
