/** Reads files apart from the page, which stays free to move: one thread takes a file apart, others read its queries. */
import { readCurveOf } from "../../src/cli/curve/readCurve.js";
import type { Piece } from "../../src/cli/input/dataset.js";
import { InputError } from "../../src/cli/input/inputError.js";
import { serve } from "../../src/cli/run/pool.js";
import type { Message, Request } from "./messages.js";
import { begin, type Started } from "./node/worker_threads.js";
import { readFile, type Task } from "./readFile.js";

addEventListener(
  "message",
  ({ data }: MessageEvent<Request | Started>) => {
    if ("workerData" in data) readQueries(data);
    else takeFile(data);
  },
  { once: true },
);

function readQueries({ workerData }: Started): void {
  begin(workerData);
  const { columns, grids } = workerData as Task;
  serve((piece: Piece) => grids.map((settings) => readCurveOf(piece, columns, settings)));
}

async function takeFile({ file, options, script }: Request): Promise<void> {
  const control = new AbortController();
  // All that the page says from now on is that it wants no more.
  addEventListener("message", () => control.abort(new InputError("cancelled")));
  const send = (message: Message) => postMessage(message);
  try {
    const outcome = await readFile(file, options, {
      say: (line) => send({ line }),
      progress: (progress) => send({ progress }),
      signal: control.signal,
      script: new URL(URL.createObjectURL(new Blob([script], { type: "text/javascript" }))),
    });
    send({ outcome });
  } catch (error) {
    // A fault of the program.
    send({ outcome: { error: String(error) } });
    throw error;
  }
}
