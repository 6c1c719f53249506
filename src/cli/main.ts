#!/usr/bin/env node
import { isOutOfFiles, reasonOf } from "./input/fileError.js";
import { InputError } from "./input/inputError.js";
import { didYouMean } from "./input/nearest.js";
import { FORMAT, helpText, type Usage } from "./input/options.js";
import { Interrupted } from "./terminal/interrupt.js";
import { outputComplaint, print, printed, watchOutput } from "./terminal/output.js";

interface Command {
  readonly about: string;
  readonly load: () => Promise<{ readonly usage: Usage; readonly run: (args: readonly string[]) => Promise<number> }>;
}

/** The commands. Each is loaded when it is called. */
const commands: Readonly<Record<string, Command>> = {
  choose: {
    about: "which N and β to use, what they give and what KL they cost",
    load: () => import("./choose/choose.js").then(({ usage, choose }) => ({ usage, run: choose })),
  },
  curve: {
    about: "what best-of-N gives as N grows, averaged over a data set",
    load: () => import("./curve/curve.js").then(({ usage, curve }) => ({ usage, run: curve })),
  },
  convert: {
    about: "write any data set in the native form, one query a line",
    load: () => import("./convert/convert.js").then(({ usage, convert }) => ({ usage, run: convert })),
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
  return `exptilt COMMAND [FILE] [options]\n\n${list.join("\n")}\n\nexptilt help COMMAND lists a command's options, exptilt help format the format of FILE; exptilt --version the version.\n`;
}

const isHelp = (arg: string) => arg === "--help" || arg === "-h";

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === "--version" || name === "-v") {
    const { VERSION } = await import("./version.js");
    await print(`${VERSION}\n`);
    return 0;
  }
  if (name === undefined || isHelp(name) || (name === "help" && args.length === 0)) {
    await print(help());
    return name === undefined ? 2 : 0;
  }
  if (name === "help" && args[0] === "format") {
    await print(FORMAT);
    return 0;
  }
  const command = name === "help" ? args[0] : name;
  if (!Object.hasOwn(commands, command)) {
    const known = [...Object.keys(commands), "help"];
    throw new InputError(
      `there is no command ${JSON.stringify(command)}${didYouMean(command, known)} (see exptilt --help)`,
    );
  }
  const { usage, run } = await commands[command].load();
  if (name !== "help" && !args.some(isHelp)) return run(args);
  await print(helpText(usage));
  return 0;
}

watchOutput();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isKnown = error instanceof InputError || error instanceof Interrupted;
  if (!isKnown && !isOutOfFiles(error)) throw error;
  process.stderr.write(`exptilt: ${isKnown ? error.message : `${reasonOf(error)} (see ulimit -n)`}\n`);
  process.exitCode = error instanceof Interrupted ? error.status : 2;
}
await printed();
const complaint = outputComplaint();
if (complaint !== undefined) {
  process.stderr.write(`exptilt: ${complaint}\n`);
  process.exitCode = 2;
}
