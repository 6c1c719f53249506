import { EMBEDDED, openContainer } from "./containers/open.js";
import { type Dataset, type DatasetSettings, datasetOf } from "./dataset.js";
import type { ReadingSettings } from "./reading.js";

export { EMBEDDED };

export interface OpenSettings extends DatasetSettings {
  /** Whether the queries are read more than once. */
  readonly again: boolean;
}

/** Opens a file, `-` for standard input or undefined for the embedded data set. */
export async function openDataset(
  file: string | undefined,
  settings: ReadingSettings,
  more: OpenSettings,
): Promise<Dataset> {
  return datasetOf(await openContainer(file, more), settings, more);
}

/** Opens a data set for some work, and closes it after. */
export async function withDataset<T>(
  file: string | undefined,
  settings: ReadingSettings,
  more: OpenSettings,
  work: (dataset: Dataset) => Promise<T>,
): Promise<T> {
  const dataset = await openDataset(file, settings, more);
  try {
    return await work(dataset);
  } finally {
    await dataset.close();
  }
}
