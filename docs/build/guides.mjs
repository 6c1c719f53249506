/** The guides of the site, in the order they are read in, under short names for the navigation. */

/** A guide stands at `docs/NAME.md` and becomes `NAME.html`, unless its source or its page is named here. */
const guide = (name, title, { source = `docs/${name}.md`, file = `${name}.html` } = {}) => ({ title, source, file });

export const GROUPS = [
  {
    name: "Use",
    guides: [
      guide("getting-started", "Getting started"),
      guide("your-samples", "Your own samples"),
      guide("commands", "Command line"),
      guide("format", "File formats"),
      guide("best-of-n", "Best-of-N"),
      guide("n-draws", "N draws, five ways"),
      guide("objectives", "Objectives"),
      guide("training", "Training without RL"),
      guide("diffusion", "Diffusion guidance"),
      guide("scale", "Many queries"),
    ],
  },
  {
    name: "Mathematics",
    guides: [
      guide("one-problem", "One problem"),
      // The table of methods is the front page of the reference.
      guide("methods", "Methods", { file: "api/index.html" }),
      guide("conventions", "Conventions"),
      guide("glossary", "Glossary"),
      guide("errata", "Errata"),
    ],
  },
  {
    name: "Evidence",
    guides: [
      guide("verification", "Verification"),
      guide("accuracy", "Accuracy"),
      guide("benchmarks", "Benchmarks"),
      guide("comparison", "Comparison"),
      guide("mutation", "Mutation testing"),
      guide("data", "Data", { source: "src/data/README.md" }),
    ],
  },
  {
    name: "Contribute",
    guides: [guide("extending", "Extending"), guide("citing", "Citing")],
  },
];

export const GUIDES = GROUPS.flatMap(({ guides }) => guides);

/** The page that each source becomes. */
export const PAGES = new Map(GUIDES.map(({ source, file }) => [source, file]));
