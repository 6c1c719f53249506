import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileError } from "../input/fileError.js";
import { InputError } from "../input/inputError.js";

/** Text is written in pieces of about so many characters. */
const PIECE_CHARACTERS = 2 ** 16;

/** The descriptor of standard output. */
const STDOUT = 1;

let opened = 0;

/**
 * A file that the user named. What is written goes to a file beside it, which takes its name when all is on the disk: whoever
 * reads it finds what was there before or the whole, also where the disk is full or the program is killed. What is no plain
 * file, such as a pipe or /dev/stderr, is written to as it is.
 */
export class OutputFile {
  readonly #file: string;
  /** Where it is written until it is whole. */
  #beside: string | undefined;
  #target = "";
  #descriptor: number | undefined;
  #text = "";

  constructor(file: string) {
    this.#file = file;
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE_CHARACTERS) this.#attempt(() => this.#flush());
  }

  /** Puts all that was written under the file's name. */
  commit(): void {
    this.#attempt(() => {
      const descriptor = this.#flush();
      if (this.#beside !== undefined) fsyncSync(descriptor);
      closeSync(descriptor);
      this.#descriptor = undefined;
      if (this.#beside === undefined) return;
      renameSync(this.#beside, this.#target);
      this.#beside = undefined;
      syncFolder(dirname(this.#target));
    });
  }

  /** Leaves the file as it was. */
  discard(): void {
    this.#text = "";
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    if (this.#beside !== undefined) rmSync(this.#beside, { force: true });
    this.#beside = undefined;
  }

  #flush(): number {
    this.#descriptor ??= this.#open();
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done);
    return this.#descriptor;
  }

  #open(): number {
    const before = statSync(this.#file, { throwIfNoEntry: false });
    if (before !== undefined && !before.isFile()) return openSync(this.#file, "w");
    this.#target = targetOf(this.#file);
    this.#beside = join(dirname(this.#target), `.exptilt-${process.pid}-${opened++}.tmp`);
    return openSync(this.#beside, "wx", before === undefined ? 0o666 : before.mode & 0o777);
  }

  #attempt(work: () => void): void {
    try {
      inWords(this.#file, work);
    } catch (error) {
      this.discard();
      throw error;
    }
  }
}

/** Writes a file that the user named: all of it or nothing. */
export function writeText(file: string, text: string): void {
  const out = new OutputFile(file);
  out.write(text);
  out.commit();
}

/** The name of a file where it stands: a link keeps pointing to it. */
function targetOf(file: string): string {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return resolve(file);
  try {
    return realpathSync(file);
  } catch {
    // A link to a file that is yet to be.
    return targetOf(resolve(dirname(file), readlinkSync(file)));
  }
}

/** A name stays only when its folder is on the disk too. Some systems know no way to ask for that. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {}
}

/** Files by the names of their options, undefined where an option is left out. */
export type NamedFiles = Readonly<Record<string, string | undefined>>;

/**
 * Checks before the work begins that the files asked for can be written, and that none is a file that is read or another one
 * that is written. It touches none of them. Of `replaced`, an input, the output of that name may take the place.
 */
export function requireOutputs(
  outputs: NamedFiles,
  inputs: readonly (string | undefined)[],
  replaced: { readonly output?: string; readonly input?: string | undefined } = {},
): void {
  const ownInput = replaced.input === undefined ? undefined : identityOf(replaced.input);
  const read = new Set<string | undefined>();
  for (const file of [...inputs, replaced.input]) if (file !== undefined && file !== "-") read.add(identityOf(file));
  const taken = new Map<string, string>();
  const stdout = fstatSync(STDOUT);
  if (stdout.isFile()) {
    const id = idOf(stdout);
    if (read.has(id)) throw new InputError("standard output is the file that is read");
    taken.set(id, "is standard output");
  }
  for (const [name, file] of Object.entries(outputs)) {
    if (file === undefined) continue;
    const id = identityOf(file);
    if (id !== undefined) {
      const isRead = read.has(id) && !(name === replaced.output && id === ownInput);
      const clash = isRead ? "is the file that is read" : taken.get(id);
      if (clash !== undefined) throw new InputError(`--${name} ${file} ${clash}`);
      taken.set(id, `is the file of --${name} too`);
    }
    inWords(file, () => requireWritable(file));
  }
}

/** What the system says of a file, in words. */
function inWords<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fileError(file, error);
  }
}

const idOf = ({ dev, ino }: Stats): string => `${dev} ${ino}`;

/** What tells a plain file from others, whatever it is called; undefined of pipes and devices, and where there is no way to it. */
function identityOf(file: string): string | undefined {
  return inWords(file, () => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat !== undefined) return stat.isFile() ? idOf(stat) : undefined;
    const target = targetOf(file);
    const folder = statSync(dirname(target), { throwIfNoEntry: false });
    return folder && `${idOf(folder)} ${basename(target)}`;
  });
}

function requireWritable(file: string): void {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
  if (stat !== undefined) accessSync(file, constants.W_OK);
  if (stat === undefined || stat.isFile()) accessSync(dirname(targetOf(file)), constants.W_OK | constants.X_OK);
}
