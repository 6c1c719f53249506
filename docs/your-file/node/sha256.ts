import { sha256 as digest } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** The SHA-256 digest of a text in UTF-8. That of browsers has to be waited for. */
export function sha256(text: string, encoding: "hex" | "base64"): string {
  const bytes = digest(utf8ToBytes(text));
  return encoding === "hex" ? bytesToHex(bytes) : btoa(String.fromCharCode(...bytes));
}
