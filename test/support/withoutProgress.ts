/** Standard error without the line that says, off a terminal, how far a run of more than two seconds is. */
export function withoutProgress(stderr: string): string {
  return stderr.replace(/^exptilt: \w+ {2}\d+ quer.* s( left)?\n/gm, "");
}
