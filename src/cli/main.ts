#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { InputError } from "./input/inputError.js";
import { helpText, type Usage } from "./input/options.js";
import { Interrupted } from "./terminal/interrupt.js";

interface Command {
  readonly about: string;
  readonly load: () => Promise<{ readonly usage: Usage; readonly run: (args: readonly string[]) => Promise<number> }>;
}

/** The commands. Each is loaded when it is called. */
const commands: Readonly<Record<string, Command>> = {
  curve: {
    about: "what best-of-N gives as N grows, averaged over a data set",
    load: () => import("./curve/curve.js").then(({ usage, curve }) => ({ usage, run: curve })),
  },
  merge: {
    about: "add up the curves of a data set's shards",
    load: () => import("./curve/merge.js").then(({ usage, merge }) => ({ usage, run: merge })),
  },
  train: {
    about: "train a policy towards the RLHF optimum by weighted maximum likelihood",
    load: () => import("./train/train.js").then(({ usage, train }) => ({ usage, run: train })),
  },
  verify: {
    about: "check every equation of the anthology on a data set",
    load: () => import("./verify/verify.js").then(({ usage, verify }) => ({ usage, run: verify })),
  },
};

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const list = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`);
  return `exptilt COMMAND [FILE] [options]\n\n${list.join("\n")}\n\nexptilt COMMAND --help lists a command's options; exptilt --version the version.\n`;
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === "--version") {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (name === undefined || name === "--help" || name === "help") {
    process.stdout.write(help());
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(commands, name))
    throw new InputError(`there is no command ${JSON.stringify(name)} (see exptilt --help)`);
  const { usage, run } = await commands[name].load();
  if (args.includes("--help")) {
    process.stdout.write(helpText(usage));
    return 0;
  }
  return run(args);
}

// A reader that closes the pipe early (head, less) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof InputError || error instanceof Interrupted)) throw error;
  process.stderr.write(`exptilt: ${error.message}\n`);
  process.exitCode = error instanceof Interrupted ? error.status : 2;
}
