#!/bin/bash
# A scan of 96 x 61 frames of a megapixel against its truth, reduced on 1, 2 and 4 ranks: same
# bytes. By hand: it takes minutes and about 3 GB.
# usage: full_size_check.sh <xrdct> <compare_with_truth> [folder]
#   [options of simulate, instead of the size above …]
set -euo pipefail
xrdct=$(realpath "$1")
compare=$(realpath "$2")
folder=${3:-full_size_check}
size=(--detector Eiger2CdTe_1M --rotations 96 --translations 61)
[ $# -gt 3 ] && size=("${@:4}")
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1

mpirun -n 2 "$xrdct" simulate -o "$folder" --layout eiger --frames-per-file 1000 --splitting none \
  --monitor-drift 0.1 --overwrite "${size[@]}"
for ranks in 1 2 4; do
  sed "s/scan_xrdct.h5/ranks_$ranks.h5/; s/\"overwrite\": false/\"overwrite\": true/" \
    "$folder/job.json" >"$folder/job_$ranks.json"
  mpirun -n "$ranks" "$xrdct" reduce "$folder/job_$ranks.json"
  "$compare" "$folder/truth.h5" "$folder/ranks_$ranks.h5"
done
cmp "$folder/ranks_1.h5" "$folder/ranks_2.h5"
cmp "$folder/ranks_1.h5" "$folder/ranks_4.h5"
echo "same bytes on 1, 2 and 4 ranks"
# The control: a calibration that is one pixel off has to be found.
pixel=0.000075
awk -v pixel=$pixel '/^Poni1:/ {printf "Poni1: %.12g\n", $2 + pixel; next} {print}' "$folder/calib.poni" >"$folder/off.poni"
sed 's/calib.poni/off.poni/; s/scan_xrdct.h5/off.h5/; s/"overwrite": false/"overwrite": true/' \
  "$folder/job.json" >"$folder/job_off.json"
mpirun -n 2 "$xrdct" reduce "$folder/job_off.json"
if "$compare" "$folder/truth.h5" "$folder/off.h5"; then
  echo "the wrong calibration was not found"
  exit 1
fi
echo "the wrong calibration was found, as it should be"
