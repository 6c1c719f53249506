/**
 * Why changes survive: each group says so once, and `of` tells whether a survivor `{file, line, from, to}` is of it; the
 * first group that claims one counts. What none claims stands on the page as not yet looked at.
 */

/** `a < b` made `a <= b`, or the like: only equality can tell them apart. */
const boundary = ({ from, to }) =>
  to === from.replace(/([<>])(?!=)/, "$1=") || from === to.replace(/([<>])(?!=)/, "$1=");
const inLoop = ({ line }) => /^(for|while) \(|\bfor \(let/.test(line);
const text = ({ from }) => /^(["'`]).*\1$/.test(from);

export const reasons = [
  {
    title: "A loop that goes one past the end",
    why: "A typed array has nothing there: a read gives `undefined`, which becomes NaN in a sum that is then refused for a careful one, or is never used; a write is ignored.",
    of: (s) =>
      inLoop(s) &&
      (boundary(s) ||
        (/^(next < size|to < size|j > 0|begin < logF\.length)$/.test(s.from) && s.to === "true") ||
        (/^(i|from) \+ 1$/.test(s.from) && s.to === s.from.replace("+", "-")) ||
        (s.from === "j > from" && s.to === "true") ||
        (s.from === "at.length - 1" && s.to === "at.length + 1")),
  },
  {
    title: "Equality at a boundary",
    why: "At the very threshold both branches give the same value to within rounding, or no input meets it.",
    of: (s) => boundary(s) && !inLoop(s),
  },
  {
    title: "A name that no message shows",
    why: "The value was checked before under the same name, or by a caller, so that this check cannot fail; or the text is compared with nothing else.",
    of: (s) =>
      text(s) &&
      /lawOf|require|tiltLaw|escortLaw|levelsOf|resolveScore|prepare|outOfRange|wrongType|onAnswers|samplerOf/.test(
        s.line,
      ),
  },
  {
    title: "The quick way or the careful one",
    why: "Where a quick way is sure of its digits it is taken, else a slower one that is right everywhere. Sending more to the slower one changes the time alone; the conditions also keep a margin, inside of which both give the same digits.",
    of: ({ file, line }) =>
      (/^(selection\/|measure\/levels)/.test(file) &&
        /FEW|INSERTION_SORT_LIMIT|weightsFor|600|const whole|whole > -700|#kept|KEPT|over > 40|x < 0\.01|x > 1e-300|#logs|skipped === 0|scaleAt\[n\] !== |BLOCK|PARTIAL_SUM|at\[n \+ 1\] - m > 1|begin < x\.length|phi < 0\.25/.test(
          line,
        )) ||
      (/^information\//.test(file) &&
        /MANY|plain|klByLogs|klPlain|entropyByLogs|origin|move|size|LEAST|PLAIN_KL|hasTail|inTail|STRETCH|whole|kl >=|entropy >=|logQuotient|mean - c|logRatioNearOne/.test(
          line,
        )) ||
      (/^measure\//.test(file) &&
        /ordinary|whole|isWhole|size > 1|isNormal|LONG|checked\.has|twins|isIncreasing|near|NEAR|FAR|hasTail|carried|areScores|apart|STRETCH|fromLog|2 \*\* (-?\d+)|undefined\) return|-700|700|1400|typeof|type !==|answers|return true;|u\.weight\.map|least|top|bottom|spread|rangeO|scaledLogs|exponentOf|COUNTING|out\[peak\]|\bknown\b|w < l|#\w+ \?\?=/.test(
          line,
        )) ||
      (/^numeric\//.test(file) &&
        /STRETCH|SHORT|SHARED_LENGTH|INSERTION_SORT_LIMIT|MAX_FEW|BLOCK|block|#round|i \+ 1 < to|isNaN\(hi\)|v < bottom|isNormal|instanceof Float64Array|1e-6 \* bound|small|TINY|CORRECTED_WEIGHT|bound|edges\[u\]\.size|least|dead|outside|measured|degree|slice\(0, 60\)|logNormal\(v\)/.test(
          line,
        )) ||
      (/^alignment\//.test(file) && /ordinary/.test(line)),
  },
  {
    title: "A search that ends at the same root",
    why: "A root is kept in a bracket, and steps of Newton's method only shorten the way to it; many answers are searched first by a part of them; where the quick search fails a careful one takes over; and what is found is settled once more from the masses. A worse start, step, grid or end of one of these costs time, and the root is the same.",
    of: ({ file, line }) =>
      /^objective\/(chiSquared|solve)Multiplier|^objective\/(gainRoots|groupAdvantage|grpo|maxAtK|nash|settledTilt|spreadRoots|utility)/.test(
        file,
      ) &&
      /\bstep|\bnext\b|[sS]tart|SAMPLED|\bpart\b|sampled|likely|half|MIN_|MAX_|ROUNDING|SHORTEST|\bhigh\b|grid|reach|change|crossing|width|round\b|\berror\b|\bmove\b|\brest\b|excess\(|spread|\bs\.mean|threshold|\bkept\b|count|peak|ENOUGH|enough|allowed\b|t === beta|hi > 0|sum > term|slope|product|moment|open:|root/.test(
        line,
      ),
  },
  {
    title: "Two forms of one function, of which each is right where the other is taken",
    why: "A density, its logarithm or a weight is taken in the form that has most digits where it is; the other form has enough of them for the tests, or gives way to logarithms where it is no double.",
    of: ({ file, line }) =>
      (/^objective\/regulari(zers|zedOptimum|zedObjective)|^objective\/multiplier/.test(file) &&
        /isNormal|whole|largest|-?400|everywhere|y < 0\.5|\bc === |#c === -1|twice|inverse|x < -1|order === 2|best > 0|#gap|UPSCALE|more\b|isHalfChiSquared/.test(
          line,
        )) ||
      (/logMeanExp/.test(file) &&
        /MAX_NEAR|MAX_GROWN|lost < -0\.5|y\[j\]|z > 600|drawn|best|left|nodes|total/.test(line)),
  },
  {
    title: "The order of the bytes of a double",
    why: "It is asked of the machine, and the tests run on such as have the low one first.",
    of: ({ line }) => /^const HIGH = new Uint8Array/.test(line),
  },
  {
    title: "The last terms of a series, and where one form takes over from another",
    why: "A series has a term to spare, and beside the point where two forms of a function meet both are right: a term less, or a point elsewhere, is within the error that the tests allow.",
    of: ({ file, line }) =>
      (/^numeric\//.test(file) &&
        /series|tail|inverse\[k\]|cubic|-700|-40|0\.99|-0\.01|\bleft\b = v|>> 9|s < Infinity|HIGH/.test(line)) ||
      (/^(selection\/|measure\/levels)/.test(file) &&
        /const excess|const more|a > b \?|meanLess1 > -0\.5|lost < 0\.5|all \/ 2|ratio > 0\.5|forbidden < 0\.5|forbidden === 0|Math\.abs\(gap\[i\]\) < 0\.5|i < peak|apart >= 0\.5|plain < Infinity/.test(
          line,
        )),
  },
  {
    title: "How far a grid or a search reaches",
    why: "Soft best-of-N is an integral over a grid of nodes, with series left and right of it, and budgets and sample sizes are found by search. Where these begin and end has a margin: a node, a term or a step more or less changes nothing that a double shows, and what is left out there is left out for speed.",
    of: ({ file, line }) =>
      /^(selection\/|measure\/levels)/.test(file) &&
      /HELD|together|least|const rest|TERMS|terms|\bfar\b|gone|\blow\b|decay|flat|dead|dense|lead|lastNode|stop|stretch|skipped|scaleAt|rise|-?700|> 64|idle|guess|middle|eta|chosen|next|steps|width|moment|excess|LONGEST|MAX_RANGE|APART|BLOCK_GAP|128|sort|GONE|x\.reduce\(\(s, v\)/.test(
        line,
      ),
  },
  {
    title: "The steps of quadrature and extrapolation",
    why: "Both refine until an estimated error is small. An estimate that is too careful, or a step of another length, costs evaluations and gives the same integral to the tolerance.",
    of: ({ file }) => /extrapolate|gaussKronrod/.test(file),
  },
  {
    title: "Room to spare",
    why: "An array longer than it need be, or a loop that begins beyond its end, where nothing is; entries that are set again before they are read; and what rounding alone leaves over in a table.",
    of: ({ file, line, from, to }) =>
      (to === from.replace(/- 1$/, "+ 1") && !/^selection/.test(file)) ||
      (file === "numeric/sortDecreasing.ts" && from === "to - from" && /new Int32Array/.test(line)) ||
      /exponentOf\(size\)|const size = Math\.max|starts\.length|Math\.min\(n, count\)/.test(line) ||
      (/members|lights|back|keep\[i\] < 1|carried|y === x|DEPENDENT|MIN_PIVOT|after = -1|place\[v\]|step\(j, 1\)|value > 0|isFinite\(max\)|edges\[u\]/.test(
        line,
      ) &&
        /^(numeric|optimize)/.test(file)),
  },
  {
    title: "Rounding of a rounding",
    why: "The low part of a sum or product of two parts: without it, or with its sign turned, a result moves by less than the tests allow, which is an ULP or a few of the condition's.",
    of: ({ line, from, to }) => /\blo\b|\.lo\b|[lL]ow\b|compensat|rest\.lo|Less1|1e-18/.test(`${line} ${from} ${to}`),
  },
  {
    title: "Work that is left out because it would give 0",
    why: "Entries without mass are passed over, and shortcuts taken for 0, 1 or ∞, where the general form gives the same.",
    of: ({ line }) =>
      /=== 0|=== 1\b|=== Infinity|> 0 \?|> 0\)|continue;|-Infinity|\.length > 1|picked|last = -1|exponent \* Math\.LN2/.test(
        line,
      ),
  },
];
