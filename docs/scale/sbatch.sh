#!/bin/sh
# In place of Slurm's sbatch: the tasks of --array=FROM-TO, one after the other, each by the script that --wrap gives.
while [ $# -gt 0 ]; do
  case "$1" in
    --array=*) range=${1#--array=} ;;
    --wrap) task=$2; shift ;;
  esac
  shift
done
for i in $(seq "${range%-*}" "${range#*-}"); do
  SLURM_ARRAY_TASK_ID=$i sh -c "$task" > "slurm-$i.out" || exit 1
done
