# Functions of scripts/check-gpu and scripts/gpu-bundle, to be sourced: a Kokkos for a kind of card,
# built on a machine without one. The script sets: here, cache, jobs, target (cuda or hip) and
# architecture.

name=$(basename "$0")

say() { echo "$name: $*" >&2; }
die() {
  say "$*"
  exit 1
}

# Runs a step silently; shows the end of its log where it fails.
quietly() {
  local log=$cache/$name-$target.log
  "$@" >"$log" 2>&1 </dev/null ||
    { tail -n 30 "$log" >&2 && die "failed: $*; the whole log is $log"; }
}

# build_kokkos <folder> <compiler> <kokkos options...>: Kokkos and Kokkos Kernels, installed into
# $folder; an interrupted build is begun anew.
build_kokkos() {
  local folder=$1 part=$1.part compiler=$2
  shift 2
  [ ! -d "$folder" ] || return 0
  say "building Kokkos into $folder (one to two minutes, once)"
  local source
  source=$("$here/scripts/setup" --source)
  rm -rf "$part"
  mkdir -p "$part"
  cp -r "$source/kokkos" "$part/src"
  name_architecture "$part/src"
  [ "$target" != cuda ] || mend_for_cuda_13 "$part/src"
  local common=(-G Ninja -DCMAKE_CXX_COMPILER="${compiler/#SOURCE/$part/src}"
    -DCMAKE_CXX_STANDARD=17 -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_INSTALL_PREFIX="$part/inst")
  quietly cmake -S "$part/src" -B "$part/kokkos" "${common[@]}" -DKokkos_ENABLE_SERIAL=ON "$@"
  quietly cmake --build "$part/kokkos" --parallel "$jobs" --target install
  quietly cmake -S "$source/kokkos-kernels" -B "$part/kernels" "${common[@]}" \
    -DKokkos_DIR="$part/inst/lib/cmake/Kokkos" \
    -DKokkosKernels_ADD_DEFAULT_ETI=OFF -DKokkosKernels_ENABLE_TPL_CUBLAS=OFF \
    -DKokkosKernels_ENABLE_TPL_CUSPARSE=OFF
  quietly cmake --build "$part/kernels" --parallel "$jobs" --target install
  mv "$part/inst" "$folder"
  rm -rf "$part"
}

# Kokkos 3.4.01 knows no card after AMPERE86 and VEGA908: under these names it is built for newer ones.
name_architecture() {
  local kokkos=$1
  sed -i -e "s/(AMPERE80  sm_80)/(AMPERE80  $architecture)/" \
    -e "s/(VEGA908 gfx908)/(VEGA908 $architecture)/" "$kokkos/cmake/kokkos_arch.cmake"
  sed -i "s/^default_arch=\"sm_35\"/default_arch=\"$architecture\"/" "$kokkos/bin/nvcc_wrapper"
}

# nvcc 13 needs three places of Kokkos 3.4.01 mended: conversions of half, a new signature of
# prefetching, and the standard that the wrapper hands on.
mend_for_cuda_13() {
  local kokkos=$1
  nvcc --version | grep -q 'release 1[3-9]' || return 0
  sed -i 's/--std=c++17|-std=c++17)/--std=c++20|-std=c++20|--std=c++17|-std=c++17)/' "$kokkos/bin/nvcc_wrapper"
  sed -i -E -e 's/return __half2double\(val\);/return static_cast<T>(__half2float(half_t::impl_type(val)));/' \
    -e 's/return (__half2(float|short_rz|ushort_rz|int_rz|uint_rz|ll_rz|ull_rz))\(val\);/return \1(half_t::impl_type(val));/' "$kokkos/core/src/Cuda/Kokkos_Cuda_Half.hpp"
  sed -i 's/cudaMemPrefetchAsync(ptr, bytes, space.cuda_device(),/cudaMemPrefetchAsync(ptr, bytes, cudaMemLocation{cudaMemLocationTypeDevice, space.cuda_device()}, 0,/' \
    "$kokkos/core/src/Cuda/Kokkos_CudaSpace.cpp"
}

# Whether there is an nvcc, in the path or where CUDA is installed.
find_nvcc() {
  command -v nvcc >/dev/null || PATH=$PATH:/usr/local/cuda/bin
  command -v nvcc >/dev/null
}

# For build_kokkos: the compiler and the options of a Kokkos for cards of NVIDIA.
cuda_kokkos=(SOURCE/bin/nvcc_wrapper -DKokkos_ENABLE_CUDA=ON
  -DKokkos_ENABLE_CUDA_LAMBDA=ON -DKokkos_ENABLE_OPENMP=ON -DKokkos_ARCH_AMPERE80=ON)
