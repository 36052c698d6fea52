#!/usr/bin/env bash
# Every header of a folder compiles alone. One that the source of its name includes before all else
# has done so in the build; the others are compiled here.
# usage: compile_headers.sh ROOT FOLDER COMPILER [FLAGS…]
set -euo pipefail
root=$1 folder=$2
shift 2
[ -d "$root/$folder" ] || {
  echo "cannot check the headers of $folder: there is no such folder in $root"
  exit 1
}
mapfile -t headers < <(find "$root/$folder" -name '*.hpp' | sort)
alone=()
for header in "${headers[@]}"; do
  source=${header%.hpp}.cpp name=${header#"$root/"}
  if [ ! -e "$source" ] || [ "$(grep -m1 '^ *#' "$source")" != "#include \"${name#src/}\"" ]; then
    alone+=("$header")
  fi
done
# -w: the one warning would be that `#pragma once` stands in a main file.
[ ${#alone[@]} = 0 ] || "$@" -std=c++20 -fsyntax-only -w "-I$root" "-I$root/src" -x c++ \
  "${alone[@]}"
echo "${#headers[@]} headers of $folder compile alone, ${#alone[@]} of them here"
