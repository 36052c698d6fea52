# The cases of tests/slurm/run: each submits what it tests, and returns 0 if all of it went well.
# Sourced by run; the words that are used here are those of steps.sh.
# shellcheck shell=bash disable=SC2034,SC2154

short_cases=(srun mpirun mpirun_hyper_threads mpirun_more_cpus_than_cores srun_two_nodes
  mpirun_two_nodes check_first check_first_finds_mistake scaling)
long_cases=(requeue_srun requeue_mpirun requeue_has_an_end time_limit_srun time_limit_mpirun
  cancelled_srun cancelled_mpirun)

# One thread per rank: the machine has fewer cores than Slurm believes.
small=(--ntasks-per-node=2 --cpus-per-task=1)
both=(--nodes=2 --ntasks-per-node=1 --cpus-per-task=1)

case_srun() { finished short srun "$(submit short srun reduce_srun.sbatch)"; }

case_mpirun() {
  finished short mpirun "$(submit short mpirun reduce_mpirun.sbatch)" &&
    said mpirun 'rank 3 .*bound' && ! said mpirun 'mpirun cannot' >/dev/null
}

case_srun_two_nodes() {
  finished short srun_two_nodes "$(submit short srun_two_nodes "${both[@]}" reduce_srun.sbatch)"
}

case_mpirun_two_nodes() {
  finished short mpirun_two_nodes \
    "$(submit short mpirun_two_nodes "${both[@]}" reduce_mpirun.sbatch)"
}

# All 64 hardware threads of a node with 32 cores are CPUs of the job.
case_mpirun_hyper_threads() {
  finished short hyper "$(submit short hyper --threads-per-core=2 --cpus-per-task=16 \
    reduce_mpirun.sbatch)" && said hyper 'mpirun cannot .*--bind-to core' &&
    ! said hyper 'mpirun cannot .*--use-hwthread-cpus' >/dev/null
}

# Slurm believes in 32 cores, and the node has two.
case_mpirun_more_cpus_than_cores() {
  finished short more "$(submit short more --export="ALL,HWLOC_SYNTHETIC=core:2 pu:1" \
    reduce_mpirun.sbatch)" && said more 'mpirun cannot .*--use-hwthread-cpus'
}

case_check_first() {
  job_of short checked
  local job
  job=$("$templates/check_first" "${small[@]}" --output=checked.log \
    "$templates/reduce_srun.sbatch" short/checked.json | awk '/Submitted/ {print $NF}')
  finished short checked "$job"
}

case_check_first_finds_mistake() {
  sed 's/"median"/"medain"/; s/NAME.h5/mistake.h5/' short/job.json >short/mistake.json
  local jobs
  mapfile -t jobs < <("$templates/check_first" "${small[@]}" --output=mistake.log \
    "$templates/reduce_srun.sbatch" short/mistake.json | awk '{print $NF}')
  await 1500 FAILED "${jobs[0]}" && await 60 CANCELLED "${jobs[1]}" || return 1
  if [ -e mistake.log ] || [ -e short/mistake.h5.part ]; then
    echo "expected a reduction that never starts" && return 1
  fi
}

case_scaling() {
  local job
  job=$(sbatch --parsable --output=scaling.log "${small[@]}" --nodes=2 \
    "$templates/scaling.sbatch" "$PWD/scaling" --detector Pilatus100k --type i32 --rotations 4 \
    --translations 4 --heights-per-core 1 --kinds strong --repeats 1)
  await 3000 COMPLETED "$job" && [ -s scaling/scaling.json ]
}

# requeued NAME [options] TEMPLATE: stopped by its time limit at least once, and whole in the end.
requeued() {
  local name=$1 job restarts
  job=$(submit long "$@") || return 1
  finished long "$name" "$job" || return 1
  restarts=$(restarts_of "$job")
  said "$name" 'status 99: back into the queue, restart 1 of at most 20' || return 1
  [ "$restarts" -ge 1 ] || { echo "expected a restart, found none" && return 1; }
  echo "$restarts restarts"
}

case_requeue_srun() {
  requeued requeue_srun "${small[@]}" --time=2 --signal=USR1@60 requeue_srun.sbatch
}

case_requeue_mpirun() {
  requeued requeue_mpirun "${both[@]}" --time=2 --signal=B:USR2@60 requeue_mpirun.sbatch
}

# After as many restarts as the template allows it ends with the status of the program.
case_requeue_has_an_end() {
  sed 's/most_restarts=20/most_restarts=1/' "$templates/requeue_srun.sbatch" >end.sbatch
  job_of long end
  local job
  job=$(sbatch --parsable --output=end.log "${small[@]}" end.sbatch long/end.json)
  await 1500 RUNNING "$job" && is_going_on long end && scancel --signal=USR1 "$job" &&
    await 300 PENDING "$job" && await 300 RUNNING "$job" && sleep 20 &&
    scancel --signal=USR1 "$job" && await 300 FAILED "$job" && can_go_on long end || return 1
  [ "$(restarts_of "$job")" = 1 ] || { echo "expected one restart" && return 1; }
}

# cut_by_time_limit NAME TEMPLATE
cut_by_time_limit() {
  local job
  job=$(submit long "$1" "${small[@]}" --time=1 "$2")
  await 1500 TIMEOUT "$job" && can_go_on long "$1" && goes_on long "$1" "${small[@]}" "$2"
}

case_time_limit_srun() {
  cut_by_time_limit time_limit_srun reduce_srun.sbatch && said time_limit_srun 'exit code 99'
}

case_time_limit_mpirun() { cut_by_time_limit time_limit_mpirun reduce_mpirun.sbatch; }

# cancelled NAME TEMPLATE
cancelled() {
  local job
  job=$(submit long "$1" "${small[@]}" "$2")
  await 1500 RUNNING "$job" && is_going_on long "$1" && scancel "$job" &&
    await 120 CANCELLED "$job" && can_go_on long "$1" && goes_on long "$1" "${small[@]}" "$2"
}

case_cancelled_srun() {
  cancelled cancelled_srun reduce_srun.sbatch && said cancelled_srun 'exit code 99'
}

case_cancelled_mpirun() { cancelled cancelled_mpirun requeue_mpirun.sbatch; }
