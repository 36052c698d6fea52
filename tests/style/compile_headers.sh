#!/usr/bin/env bash
# Every header of a folder compiles alone. usage: compile_headers.sh ROOT FOLDER COMPILER [FLAGS…]
set -euo pipefail
root=$1 folder=$2
shift 2
[ -d "$root/$folder" ] || {
  echo "cannot check the headers of $folder: there is no such folder in $root"
  exit 1
}
mapfile -t headers < <(find "$root/$folder" -name '*.hpp' | sort)
[ ${#headers[@]} -gt 0 ] || exit 0
# -w: the one warning would be that `#pragma once` stands in a main file.
"$@" -std=c++20 -fsyntax-only -w "-I$root" "-I$root/src" -x c++ "${headers[@]}"
echo "${#headers[@]} headers of $folder compile alone"
