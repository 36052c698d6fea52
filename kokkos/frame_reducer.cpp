#include "kokkos/frame_reducer.hpp"
