#include "io/communicator.hpp"
