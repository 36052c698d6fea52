# What the cases of tests/slurm/run are made of: submitting, waiting, and looking at what is there.
# Sourced by run. They return 0 if all is as it should be, and say so if it is not.
# shellcheck shell=bash disable=SC2154

# job_of SCAN NAME: the job that writes SCAN/NAME.h5.
job_of() { [ -e "$1/$2.json" ] || sed "s/NAME.h5/$2.h5/" "$1/job.json" >"$1/$2.json"; }

# submit SCAN NAME [options of sbatch] TEMPLATE: the id of the job that writes SCAN/NAME.h5.
submit() {
  local scan=$1 name=$2
  shift 2
  job_of "$scan" "$name"
  sbatch --parsable --output="$name.log" "${@:1:$#-1}" "$templates/${!#}" "$scan/$name.json"
}

state_of() {
  scontrol --oneliner show job "$1" 2>/dev/null | sed -n 's/.* JobState=\([A-Z_]*\).*/\1/p'
}
restarts_of() { scontrol --oneliner show job "$1" | sed -n 's/.* Restarts=\([0-9]*\).*/\1/p'; }

# await SECONDS STATE-REGEX JOB: whether the job comes to that state. A job that was put back into
# the queue is started without the two minutes that Slurm waits.
await() {
  local until=$((SECONDS + $1)) state=nothing
  [ -n "$3" ] || { echo "expected a job, found that sbatch has failed" && return 1; }
  while [ $SECONDS -lt $until ]; do
    state=$(state_of "$3")
    if [[ $state =~ ^($2)$ ]]; then return 0; fi
    if [[ $state =~ ^(CANCELLED|COMPLETED|FAILED|TIMEOUT|NODE_FAIL)$ ]]; then
      echo "job $3: expected $2, found $state"
      return 1
    fi
    if [ "$(squeue --noheader --job="$3" --format=%r 2>/dev/null)" = BeginTime ]; then
      sleep 5 # the nodes refuse a job in the second in which they have thrown it out
      scontrol update JobId="$3" StartTime=now >/dev/null 2>&1
    fi
    sleep 1
  done
  echo "job $3: expected $2 within $1 s, found $state"
  return 1
}

# finished SCAN NAME JOB: the job ends well, and wrote what the undisturbed run wrote.
finished() { await 3000 COMPLETED "$3" && cmp "$1/undisturbed.h5" "$1/$2.h5"; }

# said NAME REGEX: the log of a case has such a line.
said() { grep -qE "$2" "$1.log" || { echo "expected $2 in $1.log"; return 1; }; }

# is_going_on SCAN NAME: waits until the reduction has begun, and for a part of its blocks.
is_going_on() {
  local tries
  for ((tries = 0; tries < 120; ++tries)); do
    if [ -s "$1/$2.h5.part" ]; then sleep 5 && return 0; fi
    sleep 0.5
  done
  echo "expected $1/$2.h5.part after a minute"
  return 1
}

# can_go_on SCAN NAME: the reduction is not there, but its beginning.
can_go_on() {
  [ ! -e "$1/$2.h5" ] && [ -s "$1/$2.h5.part" ] && return
  echo "expected $2.h5.part without $2.h5"
  return 1
}

# goes_on SCAN NAME [options] TEMPLATE: the same job again ends well, in the file it had begun. That
# is kept open, so that no other file gets its number.
goes_on() {
  local begun job kept
  exec {kept}<"$1/$2.h5.part"
  begun=$(stat --format=%i "$1/$2.h5.part")
  job=$(submit "$@") && finished "$1" "$2" "$job" || return 1
  exec {kept}<&-
  if [ "$begun" != "$(stat --format=%i "$1/$2.h5")" ]; then
    echo "expected the result in the file that the first run had begun"
    return 1
  fi
  grep -o '[0-9]* of [0-9]* blocks are there' "$2.log" | tail -n 1
}
