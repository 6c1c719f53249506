import { createHash } from "node:crypto";

/** The SHA-256 digest of a text in UTF-8. */
export const sha256 = (text: string, encoding: "hex" | "base64"): string =>
  createHash("sha256").update(text).digest(encoding);
