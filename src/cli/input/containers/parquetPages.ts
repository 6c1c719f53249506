import type { AsyncBuffer, ColumnMetaData, Compressors, PageHeader, RowGroup, SchemaTree } from "hyparquet";

/**
 * Refuses pages of Parquet that the decoder would not come to an end with: it trusts the lengths of runs, blocks and texts that
 * a page states. A damaged byte may make them 2^31, and then the decoder fills the memory or goes on without end.
 */
export type PageCheck = (group: RowGroup, columns: readonly string[]) => Promise<void>;

/** The values of a page that are held at once. */
const MAX_VALUES = 2 ** 26;
/** What is read ahead to find a page's header; a longer one is read with all that follows it. */
const HEADER = 2 ** 14;
/** Values that a packed run may have beyond the last one of its page: writers fill up blocks. */
const PADDING = 2 ** 9;

interface Reader {
  readonly view: DataView;
  offset: number;
}

const readerOf = ({ buffer, byteOffset, length }: Uint8Array): Reader => ({
  view: new DataView(buffer, byteOffset, length),
  offset: 0,
});

function must(holds: boolean): void {
  if (!holds) throw new Error("the page states lengths that it does not have");
}

/** Takes the modules of the decoder that the check has in common with it. */
export async function pageCheck(file: AsyncBuffer, schema: SchemaTree, compressors: Compressors): Promise<PageCheck> {
  const [
    { parquetHeader },
    { decompressPage },
    { deltaBinaryUnpack },
    { readRleBitPackedHybrid },
    levels,
    { readVarInt },
  ] = await Promise.all([
    import("hyparquet/src/column.js"),
    import("hyparquet/src/datapage.js"),
    import("hyparquet/src/delta.js"),
    import("hyparquet/src/encoding.js"),
    import("hyparquet/src/schema.js"),
    import("hyparquet/src/thrift.js"),
  ]);

  /** Runs of equal values and packed ones, of so many bits each, that are to give so many values. */
  function checkRuns(reader: Reader, bits: number, count: number, length = reader.view.byteLength): void {
    const { offset } = reader;
    for (let seen = 0; seen < count; ) {
      const header = readVarInt(reader);
      const isPacked = header % 2 !== 0;
      const size = isPacked ? 8 * (header >>> 1) : header >>> 1;
      must(size <= count - seen + (isPacked ? PADDING : 0));
      reader.offset += isPacked ? (size / 8) * bits : (bits + 7) >> 3;
      seen += size;
    }
    reader.offset = offset + length;
  }

  /** The same with the length before them. */
  function checkPrefixed(reader: Reader, bits: number, count: number): void {
    const length = reader.view.getUint32(reader.offset, true);
    reader.offset += 4;
    checkRuns(reader, bits, count, length);
  }

  /** The numbers of blocks of differences. */
  function deltas(reader: Reader, count: number): Int32Array {
    const { offset } = reader;
    const [block, parts] = [readVarInt(reader), readVarInt(reader)];
    must(block >= 0 && parts > 0 && parts <= block);
    reader.offset = offset;
    const numbers = new Int32Array(count);
    if (count > 0) deltaBinaryUnpack(reader, count, numbers);
    return numbers;
  }

  function checkValues(reader: Reader, encoding: string | undefined, type: string, count: number, isV2: boolean): void {
    if (encoding?.endsWith("_DICTIONARY") || encoding === "RLE") {
      const isPrefixed = isV2 ? encoding === "RLE" : type === "BOOLEAN";
      const bits = isPrefixed ? 1 : reader.view.getUint8(reader.offset++);
      if (isPrefixed) checkPrefixed(reader, bits, count);
      else if (isV2 || bits > 0) checkRuns(reader, bits, count);
    } else if (encoding === "DELTA_BINARY_PACKED") {
      // The first numbers alone: they say how long the blocks are.
      deltas(reader, Math.min(count, 1));
    } else if (encoding === "DELTA_LENGTH_BYTE_ARRAY") {
      must(deltas(reader, count).every((length) => length >= 0));
    } else if (encoding === "DELTA_BYTE_ARRAY") {
      const shared = deltas(reader, count);
      const own = deltas(reader, count);
      must(
        shared.every(
          (length, i) => length >= 0 && own[i] >= 0 && (i === 0 ? length === 0 : length <= shared[i - 1] + own[i - 1]),
        ),
      );
    } else must(encoding === "PLAIN" || encoding === "BYTE_STREAM_SPLIT" || encoding === "ALP");
  }

  /** Checks a page, and gives the number of its values. */
  function checkPage(
    stored: Uint8Array,
    header: PageHeader,
    { type, codec }: ColumnMetaData,
    path: SchemaTree[],
  ): number {
    const size = header.uncompressed_page_size;
    const bits = [levels.getMaxRepetitionLevel(path), levels.getMaxDefinitionLevel(path)].map(
      (x) => 32 - Math.clz32(x),
    );
    const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
    const { num_values: count = -1 } = first ?? second ?? dictionary ?? {};
    must(count >= 0 && count <= MAX_VALUES && size >= 0);
    if (header.type === "DICTIONARY_PAGE") return 0;
    if (header.type === "DATA_PAGE" && first !== undefined) {
      const reader = readerOf(decompressPage(stored, size, codec, compressors));
      if (path.length > 1 && bits[0] > 0) checkPrefixed(reader, bits[0], count);
      let nulls = 0;
      if (bits[1] > 0) {
        const { offset } = reader;
        checkPrefixed(reader, bits[1], count);
        reader.offset = offset;
        const defined = new Array<number>(count);
        readRleBitPackedHybrid(reader, bits[1], defined);
        const full = levels.getMaxDefinitionLevel(path);
        for (const level of defined) if (level !== full) nulls++;
      }
      checkValues(reader, first.encoding, type, count - nulls, false);
    } else if (header.type === "DATA_PAGE_V2" && second !== undefined) {
      const { repetition_levels_byte_length: repeated, definition_levels_byte_length: defined } = second;
      const [start, values] = [repeated + defined, count - second.num_nulls];
      must(repeated >= 0 && defined >= 0 && start <= stored.length && values >= 0 && values <= count);
      if (bits[0] > 0) checkRuns(readerOf(stored.subarray(0, repeated)), bits[0], count);
      if (bits[1] > 0) checkRuns(readerOf(stored.subarray(repeated, start)), bits[1], count);
      const rest = stored.subarray(start);
      const isPacked = second.is_compressed !== false && size > start;
      const page = isPacked ? decompressPage(rest, size - start, codec, compressors) : rest;
      checkValues(readerOf(page), second.encoding, type, values, true);
    }
    return count;
  }

  async function checkChunk(meta: ColumnMetaData): Promise<void> {
    const path = levels.getTreePath(schema, meta.path_in_schema);
    let at = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const end = at + Number(meta.total_compressed_size);
    let left = Number(meta.num_values);
    while (left > 0 && at < end - 1) {
      const headed = (size: number) =>
        Promise.resolve(file.slice(at, size)).then((bytes) => readerOf(new Uint8Array(bytes)));
      let reader = await headed(Math.min(end, at + HEADER));
      let header: PageHeader;
      try {
        header = parquetHeader(reader);
      } catch (error) {
        if (end <= at + HEADER) throw error;
        reader = await headed(end);
        header = parquetHeader(reader);
      }
      const start = at + reader.offset;
      at = start + header.compressed_page_size;
      must(at >= start && at <= end);
      left -= checkPage(new Uint8Array(await file.slice(start, at)), header, meta, path);
    }
    must(left === 0);
  }

  return async (group, columns) => {
    for (const { meta_data: meta } of group.columns)
      if (meta !== undefined && columns.includes(meta.path_in_schema[0])) await checkChunk(meta);
  };
}
