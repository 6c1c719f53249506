import { InputError } from "./inputError.js";

/** What the system's error codes say to a user. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "it may not be opened",
  EPERM: "it may not be opened",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
  ENXIO: "nothing can be read from it",
  EMFILE: "too many files are open",
  EIO: "the disk or the network failed",
  ENOSPC: "the disk is full",
  EDQUOT: "the space allowed on the disk is used up",
  ENFILE: "too many files are open",
  ENOMEM: "the memory is used up",
  EBUSY: "it is in use",
  EROFS: "the disk is read-only",
  EFBIG: "the disk takes no file of this size",
};

/** What the system says of an error, in words. */
export const reasonOf = ({ code = "" }: { readonly code?: string | undefined }): string =>
  REASONS[code] ?? "it could not be opened, read or written";

/** Whether the system gives no more files: also the program's own modules are read from some. */
export const isOutOfFiles = (error: unknown): error is Error & { readonly code: string } =>
  ["EMFILE", "ENFILE"].includes((error as { readonly code?: string }).code ?? "");

/** The error of a file that could not be read or written, in words: the file is named once, without the system's codes. */
export function fileError(file: string, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError(`${file}: ${reasonOf(error as { code?: string })}`);
}
