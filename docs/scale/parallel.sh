#!/bin/sh
# In place of GNU parallel: parallel COMMAND ... ::: ARGUMENT..., {} standing for the argument, one after the other.
line=
while [ "$1" != ::: ]; do
  line="$line $1"
  shift
done
shift
for argument; do
  sh -c "$(printf %s "$line" | sed "s|{}|$argument|g")" || exit 1
done
