/** Reads files apart from the page, which stays free to move. */
import { InputError } from "../../src/cli/input/inputError.js";
import type { Message, Request } from "./messages.js";
import { readFile } from "./readFile.js";

const send = (message: Message) => postMessage(message);
const control = new AbortController();

addEventListener("message", async ({ data }: MessageEvent<Request>) => {
  if (data === "cancel") {
    control.abort(new InputError("cancelled"));
    return;
  }
  const outcome = await readFile(data.file, data.options, {
    say: (line) => send({ line }),
    progress: (progress) => send({ progress }),
    signal: control.signal,
  });
  send({ outcome });
});

// A fault of the program is an error of the worker, also where it comes late.
addEventListener("unhandledrejection", ({ reason }) => {
  throw reason;
});
