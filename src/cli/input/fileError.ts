import { InputError } from "./inputError.js";

/** What the system's error codes say to a user. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "it may not be opened",
  EPERM: "it may not be opened",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
};

/** The error of a file that could not be read or written, in words: the file is named once, without the system's codes. */
export function fileError(file: string, error: unknown): InputError {
  const { code = "", message = String(error) } = error as { code?: string; message?: string };
  return new InputError(`${file}: ${REASONS[code] ?? message}`);
}
