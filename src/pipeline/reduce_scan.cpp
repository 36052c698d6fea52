#include "core/stages.hpp"
