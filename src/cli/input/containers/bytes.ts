/** The bytes that a data set is read from. Errors name them. */
export type Bytes = FileBytes | PipeBytes;

/** Those of a file, which can be read again and in any part. */
export interface FileBytes {
  readonly name: string;
  readonly size: number;
  /** The bytes read in the current pass. */
  position: number;
  /** All bytes in order, from the first at each call. A raised signal ends them with its reason. */
  bytes(signal?: AbortSignal): AsyncGenerator<Uint8Array>;
  /** The bytes from one place to another. */
  part(start: number, end: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Those of a pipe, which come once. */
export interface PipeBytes {
  readonly name: string;
  readonly size: undefined;
  /** The bytes read. */
  readonly position: number;
  /** All bytes in order, once. A raised signal ends them with its reason. */
  bytes(signal?: AbortSignal): AsyncGenerator<Uint8Array>;
  /** Ends the bytes, while they are read, when one more signal is raised. */
  heed(signal: AbortSignal): void;
  close(): Promise<void>;
}
